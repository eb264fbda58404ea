// The one large button: always the thing that this person can do now.

import { useState } from 'preact/hooks';
import type { KindOfSpeech, Person, Snapshot, Speech, Waiting } from '../../api/types';
import { heardDbfs, join, joined, micDbfs } from '../../media/hall';
import { isBoxVote } from '../../state/secret';
import { ask, busy, kindName, kinds, link, openVote } from '../../state/store';
import { t, tr } from '../../text/i18n';
import { spell } from '../../text/format';
import { Booth } from '../../ui/booth';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Icon, type IconName } from '../../ui/icon';
import { LevelBar } from '../../ui/level';
import { PickPerson } from '../../ui/pick';
import { Ring } from '../../ui/ring';
import { CastVote, mayVote } from './own-vote';

interface BigProps {
  icon: IconName;
  tone: 'ask' | 'good' | 'stop' | 'wait';
  words: string;
  note?: string;
  working?: boolean;
  onClick: () => void;
}

const Big = ({ icon, tone, words, note, working, onClick }: BigProps) => (
  <button type="button" class={`big ${tone}`} aria-disabled={working ? 'true' : undefined}
    aria-busy={working ? 'true' : undefined} onClick={() => !working && onClick()}>
    <Icon name={icon} />
    <span class="big-words">
      {words}
      {note && <small>{note}</small>}
    </span>
  </button>
);

/** "Đăng ký tranh luận": the kind's name goes on in the sentence. */
const askWords = (kind: KindOfSpeech): string => {
  const name = tr(kind);
  return t('action.ask', { kind: name.charAt(0).toLocaleLowerCase('vi') + name.slice(1) });
};

/** Kinds that this person may ask for. */
const kindsFor = (person: Person): KindOfSpeech[] =>
  kinds.value.filter((k) => (k.roles ?? []).some((r) => person.roles.includes(r)));

export const ActionBar = ({ state, person }: { state: Snapshot; person: Person }) => {
  const speech = state.floor.speeches.find((s) => s.person === person.id);
  const waiting = state.floor.queue.filter((w) => w.person === person.id);
  const vote = openVote.value;
  const voting = vote !== undefined && mayVote(vote, person);
  return (
    <section class="action-bar" aria-label={t('delegate.actions')}>
      {voting && (isBoxVote(vote)
        ? <Booth key={vote.vote} state={state} vote={vote} />
        : <CastVote key={vote.vote} vote={vote} />)}
      {speech ? (
        <Speaking speech={speech} state={state} />
      ) : (
        <NotSpeaking state={state} person={person} waiting={waiting} voting={voting} />
      )}
    </section>
  );
};

const Speaking = ({ speech, state }: { speech: Speech; state: Snapshot }) => {
  const live = speech.mic === 'live';
  const locked = !live && speech.muted_by_chair;
  const silent = live && joined.value && micDbfs.value > -40 && (heardDbfs.value ?? -100) < -60;
  return (
    <div class={`speaking ${live ? 'live' : 'muted'}`}>
      <Ring speech={speech} phase={state.phase} size="large" />
      <div class="speaking-body">
        <p class="speaking-state" role="status">
          <Icon name={live ? 'mic' : 'micOff'} />
          {t(live ? 'delegate.live' : locked ? 'delegate.muted_by_chair' : state.phase === 'sitting' ? 'delegate.muted' : 'delegate.suspended')}
        </p>
        <p class="dim">{kindName(speech.kind)}</p>
        {live && joined.value && (
          <>
            <LevelBar dbfs={heardDbfs.value ?? micDbfs.value} label={t('level.heard')} />
            <p class={silent ? 'warn-words' : 'dim'}>{t(silent ? 'sound.not_heard' : 'sound.heard')}</p>
          </>
        )}
        {!locked && (
          <Button icon={live ? 'micOff' : 'mic'} tone={live ? 'plain' : 'good'} disabled={state.phase !== 'sitting'}
            onClick={() => void ask(live ? 'mic.mute' : 'mic.unmute')}>
            {t(live ? 'action.mute_me' : 'action.unmute_me')}
          </Button>
        )}
      </div>
      <Big icon="stop" tone="stop" words={t('action.release')} working={busy.value.has('floor.release')}
        onClick={() => void ask('floor.release')} />
    </div>
  );
};

interface NotSpeakingProps {
  state: Snapshot;
  person: Person;
  waiting: Waiting[];
  voting: boolean;
}

const NotSpeaking = ({ state, person, waiting, voting }: NotSpeakingProps) => {
  const offered = kindsFor(person);
  const [kind, setKind] = useState(offered[0]?.id ?? '');
  const [detail, setDetail] = useState<KindOfSpeech | null>(null);
  const [asking, setAsking] = useState(false);
  const isDelegate = person.roles.includes('delegate');
  const chosen = offered.find((k) => k.id === kind) ?? offered[0];

  if (link.status.value !== 'open') return <Big icon="pulse" tone="wait" words={t('link.again')} working onClick={() => undefined} />;
  if (state.phase === 'closed') return <p class="action-note">{t('delegate.closed')}</p>;
  if (isDelegate && person.presence !== 'present') return <CheckIn />;
  if (state.phase !== 'sitting' && waiting.length === 0)
    return <p class="action-note">{t(state.phase === 'suspended' ? 'delegate.suspended_note' : 'delegate.break_note')}</p>;

  const first = waiting[0];
  if (first) {
    const place = state.floor.queue.findIndex((w) => w.request === first.request) + 1;
    const withdraw = () => void ask('floor.withdraw', { request: first.request });
    if (voting)
      return (
        <p class="waiting-line">
          {t(first.state === 'pending' ? 'delegate.pending' : 'delegate.place', { n: place })}
          <Button size="small" tone="quiet" icon="cross" onClick={withdraw}>{t('action.withdraw')}</Button>
        </p>
      );
    return (
      <div class="waiting">
        <p class="waiting-place" role="status">
          <span class="waiting-number">{first.state === 'pending' ? '…' : place}</span>
          <span>
            {t(first.state === 'pending' ? 'delegate.pending' : 'delegate.place', { n: place })}
            <small>{kindName(first.kind)}</small>
          </span>
        </p>
        <Big icon="cross" tone="wait" words={t('action.withdraw')} working={busy.value.has(`floor.withdraw ${first.request}`)}
          onClick={withdraw} />
      </div>
    );
  }
  if (!chosen) return <p class="action-note">{t('delegate.listen')}</p>;

  // While a vote is open, voting is the one thing to do.
  if (voting && !asking)
    return <button type="button" class="text-button" onClick={() => setAsking(true)}>{t('action.ask_anyway')}</button>;

  const send = (target?: string, note?: string) =>
    ask('floor.request', { kind: chosen.id, ...(target ? { target } : {}), ...(note ? { note } : {}) });
  const closed = state.floor.list_closed && !chosen.after_close;
  return (
    <div class={voting ? 'asking small' : 'asking'}>
      {offered.length > 1 && (
        <fieldset class="kinds">
          <legend class="visually-hidden">{t('call.kind')}</legend>
          {offered.map((k) => (
            <label key={k.id} class={k.id === chosen.id ? 'kind chosen' : 'kind'}>
              <input type="radio" name="kind" checked={k.id === chosen.id} onChange={() => setKind(k.id)} />
              <span>{tr(k)}</span>
            </label>
          ))}
        </fieldset>
      )}
      <Big icon="hand" tone="ask" words={askWords(chosen)}
        note={closed ? t('chair.list_closed') : chosen.limit_ms ? spell(chosen.limit_ms) : undefined}
        working={busy.value.has('floor.request')}
        onClick={() => (chosen.target && chosen.target !== 'none' ? setDetail(chosen) : void send())} />
      <button type="button" class="text-button" onClick={() => setDetail(chosen)}>{t('action.add_note')}</button>
      {detail && <DetailDialog kind={detail} state={state} self={person.id} onClose={() => setDetail(null)}
        onSend={(target, note) => { setDetail(null); void send(target, note); }} />}
    </div>
  );
};

// In the hall the seat has a microphone; from elsewhere this page is the microphone.
const CheckIn = () => (
  <div class="check-in">
    <Big icon="check" tone="good" words={t('action.check_in')} working={busy.value.has('attendance.check_in')}
      onClick={() => void ask('attendance.check_in')} />
    <Button size="large" icon="sound"
      onClick={() => {
        void join();
        void ask('attendance.check_in', { remote: true });
      }}>
      {t('action.check_in_remote')}
    </Button>
  </div>
);

interface DetailProps {
  kind: KindOfSpeech;
  state: Snapshot;
  self: string;
  onClose: () => void;
  onSend: (target: string | undefined, note: string | undefined) => void;
}

const DetailDialog = ({ kind, state, self, onClose, onSend }: DetailProps) => {
  const [target, setTarget] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const wantsTarget = kind.target === 'optional' || kind.target === 'required';
  const ready = kind.target !== 'required' || target !== null;
  const send = () => ready && onSend(target ?? undefined, note.trim() || undefined);
  return (
    <Dialog title={askWords(kind)} onClose={onClose} actions={
      <>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button tone="primary" icon="hand" disabled={!ready} onClick={send}>{t('action.send')}</Button>
      </>
    }>
      <form class="form" onSubmit={(e) => { e.preventDefault(); send(); }}>
        {wantsTarget && (
          <PickPerson persons={state.persons.filter((p) => p.id !== self)} chosen={target} label={t('call.target')} onPick={setTarget} />
        )}
        <label class="field">
          <span>{t('request.note')}</span>
          <input class="input" maxLength={300} value={note} onInput={(e) => setNote(e.currentTarget.value)} />
        </label>
      </form>
    </Dialog>
  );
};
