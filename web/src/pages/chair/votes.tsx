import { useEffect, useState } from 'preact/hooks';
import type { Form, Snapshot, Vote, VoteType } from '../../api/types';
import { needsBefore } from '../../state/majority';
import { isBoxVote, sealedVote } from '../../state/secret';
import { casting } from '../../state/tie';
import {
  ask, currentItem, inOffice, lastVote, me, openVote, presentCount, refreshProcedure, voteTypes,
} from '../../state/store';
import { t, tr, word } from '../../text/i18n';
import { Booth, LastBallot, OwnBallot } from '../../ui/booth';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { PickPerson } from '../../ui/pick';
import { Refusal, useRefusal } from '../../ui/refusal';
import { SealedBox } from '../../ui/secret-vote';
import { Needs, VoteResult, VoteRunning } from '../../ui/vote';
import { CastVote, mayVote } from '../delegate/own-vote';

export const VotePanel = ({ state, onOpen }: { state: Snapshot; onOpen: () => void }) => {
  const [cancelling, setCancelling] = useState(false);
  const [again, setAgain] = useState<Vote | null>(null);
  const open = openVote.value;
  const sealed = open ? undefined : sealedVote.value;
  const last = sealed ? undefined : lastVote.value;
  const shown = open ?? sealed ?? last;
  return (
    <section class={`panel vote${open ?? sealed ? ' running' : ''}`} aria-labelledby="vote-title">
      <header class="panel-head">
        <h2 id="vote-title">{t('vote.title')}</h2>
        {open && <span class="tag live">{t('vote.running')}</span>}
        {!open && last && <span class="tag">{t('vote.last')}</span>}
      </header>
      {shown && <p class="vote-question">{shown.question}</p>}
      {open && <VoteRunning state={state} vote={open} />}
      {open && me.value && mayVote(open, me.value) && (isBoxVote(open)
        ? <Booth key={open.vote} state={state} vote={open} bare />
        : <CastVote key={open.vote} vote={open} bare />)}
      {sealed && <SealedBox vote={sealed} names />}
      {sealed && <OwnBallot key={sealed.vote} vote={sealed} />}
      {!open && last && <VoteResult state={state} vote={last} />}
      {!open && last && <TieBreak vote={last} />}
      {!open && last && <LastBallot />}
      {open ? (
        <div class="button-row">
          <Button tone="primary" icon="check" onClick={() => void ask(open.ended_at ? 'vote.announce' : 'vote.close', { vote: open.vote })}>
            {t(open.ended_at ? 'action.announce_vote' : 'action.close_vote')}
          </Button>
          <Button tone="quiet" icon="pause" onClick={() => void ask('vote.defer', { vote: open.vote })}>{t('action.defer_vote')}</Button>
          <Button tone="quiet" icon="cross" onClick={() => setCancelling(true)}>{t('action.cancel_vote')}</Button>
        </div>
      ) : sealed ? (
        <div class="button-row">
          <Button tone="quiet" icon="cross" onClick={() => setCancelling(true)}>{t('action.cancel_vote')}</Button>
        </div>
      ) : (
        <div class="button-row">
          <Button icon="vote" hotkey="V" tone={last ? 'plain' : 'primary'} disabled={state.phase !== 'sitting'} onClick={onOpen}>
            {t('action.open_vote')}
          </Button>
          {last && (
            <Button tone="quiet" icon="undo" disabled={state.phase !== 'sitting'} onClick={() => setAgain(last)}>
              {t('action.vote_again')}
            </Button>
          )}
        </div>
      )}
      {!open && <Deferred state={state} onAgain={setAgain} />}
      {again && <AgainDialog vote={again} onClose={() => setAgain(null)} />}
      {cancelling && (open ?? sealed) && <CancelDialog vote={(open ?? sealed) as Vote} onClose={() => setCancelling(false)} />}
    </section>
  );
};

/** Where the ballot leaves a tie to the chair. */
const TieBreak = ({ vote }: { vote: Vote }) => {
  if (vote.result?.outcome === 'tied' && vote.ballot.tie === 'lot' && !vote.decided_by) {
    return (
      <div class="button-row">
        <Button onClick={() => void ask('lot.draw', { vote: vote.vote })}>{t('action.draw_lot')}</Button>
      </div>
    );
  }
  const choices = casting(vote);
  if (choices.length === 0) return null;
  return (
    <div class="ask-card" role="group" aria-labelledby="tie-title">
      <Icon name="warn" />
      <p class="ask-text ask-words" id="tie-title">{t('vote.tie_chair')}</p>
      <div class="button-row">
        {choices.map((o) => (
          <Button key={o.id} icon={o.as === 'against' ? 'cross' : 'check'} label={t('action.decide', { option: tr(o) })}
            onClick={() => void ask('vote.decide', { vote: vote.vote, choice: o.id })}>
            {tr(o)}
          </Button>
        ))}
      </div>
    </div>
  );
};

const Deferred = ({ state, onAgain }: { state: Snapshot; onAgain: (vote: Vote) => void }) => {
  const rows = state.votes.filter((v) => v.state === 'deferred');
  if (rows.length === 0) return null;
  return (
    <>
      <h3>{t('vote.deferred')}</h3>
      <ul class="deferred">
        {rows.map((v) => (
          <li key={v.vote}>
            <span>{v.question}</span>
            <Button size="small" icon="play" disabled={state.phase !== 'sitting'} label={t('action.reopen_name', { name: v.question })}
              onClick={() => onAgain(v)}>
              {t('action.reopen')}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
};

const FORMS: Form[] = ['electronic', 'hands', 'standing', 'doors', 'roll_call', 'paper'];

/** Held again, perhaps in another form: a doubtful show of hands is counted by standing, say. */
const AgainDialog = ({ vote, onClose }: { vote: Vote; onClose: () => void }) => {
  const [form, setForm] = useState<Form>(vote.ballot.form);
  const dialog = useRefusal(onClose);
  const open = () => dialog.send('vote.reopen', form === vote.ballot.form ? { vote: vote.vote } : { vote: vote.vote, form });
  return (
    <Dialog title={t('action.vote_again').replace('…', '')} onClose={onClose} actions={
      <>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button tone="primary" icon="vote" busy={dialog.busy} onClick={() => void open()}>{t('action.open_vote_now')}</Button>
      </>
    }>
      <form class="form" onSubmit={(e) => { e.preventDefault(); void open(); }}>
        <p class="vote-question">{vote.question}</p>
        <fieldset class="choices">
          <legend>{t('vote.again_form')}</legend>
          {FORMS.map((f) => (
            <label key={f} class="choice-row">
              <input type="radio" name="again-form" checked={f === form} onChange={() => setForm(f)} />
              <span>{word('form', f)}</span>
            </label>
          ))}
        </fieldset>
        <p class="dim">{t('vote.again_kept')}</p>
        <Refusal refused={dialog.refused} />
      </form>
    </Dialog>
  );
};

const CancelDialog = ({ vote, onClose }: { vote: Vote; onClose: () => void }) => {
  const [note, setNote] = useState('');
  const cancel = () => {
    onClose();
    void ask('vote.cancel', note.trim() ? { vote: vote.vote, note: note.trim() } : { vote: vote.vote });
  };
  return (
    <Dialog title={t('action.cancel_vote')} onClose={onClose} actions={
      <>
        <Button onClick={onClose}>{t('action.back')}</Button>
        <Button tone="danger" icon="cross" onClick={cancel}>{t('action.cancel_vote')}</Button>
      </>
    }>
      <p>{t('vote.cancel_words')}</p>
      <label class="field">
        <span>{t('deny.reason')}</span>
        <input class="input" maxLength={300} value={note} onInput={(e) => setNote(e.currentTarget.value)} />
      </label>
    </Dialog>
  );
};

export const OpenVoteDialog = ({ state, onClose }: { state: Snapshot; onClose: () => void }) => {
  const types = voteTypes.value;
  const [type, setType] = useState(types[0]?.id ?? 'vote');
  const [question, setQuestion] = useState(currentItem.value ? tr(currentItem.value.title) : '');
  const [subjects, setSubjects] = useState<string[]>([]);
  const chosen = types.find((x) => x.id === type);
  const ready = question.trim() !== '' && (!chosen?.subjects || subjects.length > 0);

  const dialog = useRefusal(onClose);
  // Demands and settings may have changed what a vote needs since the page was opened.
  useEffect(() => void refreshProcedure(), []);
  const open = async () => {
    if (!ready) return;
    await dialog.send('vote.open', {
      type,
      question: question.trim(),
      ...(state.item ? { item: state.item } : {}),
      ...(chosen?.subjects
        ? { subjects: subjects.map((id) => ({ id, name: state.persons.find((p) => p.id === id)?.name ?? id })) }
        : {}),
    });
  };

  return (
    <Dialog title={t('action.open_vote_now')} onClose={onClose} wide actions={
      <>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button tone="primary" icon="vote" disabled={!ready} busy={dialog.busy} onClick={() => void open()}>{t('action.open_vote_now')}</Button>
      </>
    }>
      <form class="form" onSubmit={(e) => { e.preventDefault(); void open(); }}>
        <label class="field">
          <span>{t('vote.question')}</span>
          <textarea class="input" rows={2} maxLength={300} value={question} autofocus onInput={(e) => setQuestion(e.currentTarget.value)} />
        </label>
        <fieldset class="choices">
          <legend>{t('vote.type')}</legend>
          {types.map((x) => (
            <label key={x.id} class="choice-row">
              <input type="radio" name="vote-type" checked={x.id === type} onChange={() => setType(x.id)} />
              <span>
                {tr(x)}
                {x.rule && <span class="rule">{t('rule', { rule: x.rule })}</span>}
              </span>
            </label>
          ))}
        </fieldset>
        {chosen?.subjects && (
          <>
            <PickPerson persons={state.persons.filter((p) => !subjects.includes(p.id))} chosen={null}
              label={t('vote.subjects')} onPick={(id) => setSubjects([...subjects, id])} />
            <ul class="chips">
              {subjects.map((id) => (
                <li key={id}>
                  <Button size="small" icon="cross" label={t('action.remove_name', { name: nameIn(state, id) })}
                    onClick={() => setSubjects(subjects.filter((s) => s !== id))}>
                    {nameIn(state, id)}
                  </Button>
                </li>
              ))}
            </ul>
          </>
        )}
        {chosen && <Before state={state} type={chosen} />}
        <Refusal refused={dialog.refused} />
      </form>
    </Dialog>
  );
};

/** What the vote will need, with those who are here at this moment. */
const Before = ({ state, type }: { state: Snapshot; type: VoteType }) => (
  <div class="before" role="status">
    <Needs list={needsBefore(state, type.rules, type)} turnout={type.min_turnout} />
    {type.rules?.length === 0 && !type.min_turnout && <p>{t('vote.need_none')}</p>}
    <p class="dim">
      {[
        t('vote.before', { present: presentCount.value, total: inOffice.value }),
        type.form && word('form', type.form),
        type.secrecy && word('secrecy', type.secrecy),
      ].filter(Boolean).join(' · ')}
    </p>
  </div>
);

const nameIn = (state: Snapshot, id: string): string => state.persons.find((p) => p.id === id)?.name ?? id;
