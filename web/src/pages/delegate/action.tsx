// The one large button: always the thing that this person can do now.

import { useState } from 'preact/hooks';
import type { KindOfSpeech, Person, Snapshot, Speech, Vote, Waiting } from '../../api/types';
import { heardDbfs, join, joined, micDbfs, status } from '../../media/hall';
import { isBoxVote } from '../../state/secret';
import { ask, busy, kindName, kinds, link, openVote } from '../../state/store';
import { t, tr, type Key } from '../../text/i18n';
import { spell } from '../../text/format';
import { AskCard, myAsks } from '../../ui/asks';
import { Booth } from '../../ui/booth';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Icon, type IconName } from '../../ui/icon';
import { LevelBar } from '../../ui/level';
import { PickPerson } from '../../ui/pick';
import { Ring } from '../../ui/ring';
import { micChecked } from './mic-check';
import { nextOf, type Next } from './next';
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

export const ActionBar = ({ state, person, onCheck }: { state: Snapshot; person: Person; onCheck: () => void }) => {
  const speech = state.floor.speeches.find((s) => s.person === person.id);
  const waiting = state.floor.queue.find((w) => w.person === person.id);
  const open = openVote.value;
  const vote = open && mayVote(open, person) ? open : undefined;
  const offered = kindsFor(person);
  const next = nextOf({
    status: link.status.value, phase: state.phase, person, speech, waiting, vote,
    cast: vote !== undefined && !isBoxVote(vote) && vote.mine !== undefined,
    joined: joined.value, checked: micChecked.value, kinds: offered,
  });
  return (
    <section class="action-bar" data-next={next} aria-label={t('delegate.actions')}>
      {myAsks.value.map((a) => <AskCard key={a.ask} question={a} large />)}
      {vote && (isBoxVote(vote)
        ? <Booth key={vote.vote} state={state} vote={vote} />
        : <CastVote key={vote.vote} vote={vote} />)}
      {open && <ForGivers state={state} vote={open} person={person} />}
      {speech ? (
        <Speaking speech={speech} state={state} next={next} />
      ) : (
        <NotSpeaking state={state} person={person} waiting={waiting} voting={vote !== undefined} next={next} onCheck={onCheck} />
      )}
    </section>
  );
};

/** Votes of those who are away and gave this person their proxy. */
const ForGivers = ({ state, vote, person }: { state: Snapshot; vote: Vote; person: Person }) => {
  if (!vote.ballot.proxies || isBoxVote(vote) || vote.ballot.form !== 'electronic') return null;
  const givers = state.persons.filter((p) => p.proxy === person.id && p.presence !== 'present');
  return <>{givers.map((giver) => <CastVote key={`${vote.vote} ${giver.id}`} vote={vote} giver={giver} />)}</>;
};

const Reconnecting = () => <Big icon="pulse" tone="wait" words={t('link.again')} working onClick={() => undefined} />;

const JoinSound = () => (
  <Big icon="sound" tone="good" words={t('action.join_sound')} working={status.value === 'starting'} onClick={() => void join()} />
);

const speechWords = (speech: Speech, next: Next): string => {
  if (speech.mic === 'live') return t('delegate.live');
  if (next === 'paused') return t('delegate.suspended');
  if (speech.interrupted) return t('delegate.interrupted');
  if (speech.muted_by_chair) return t('delegate.muted_by_chair');
  return t(speech.muted_by_clock ? 'delegate.muted_by_clock' : 'delegate.muted');
};

const Speaking = ({ speech, state, next }: { speech: Speech; state: Snapshot; next: Next }) => {
  const live = speech.mic === 'live';
  const silent = live && joined.value && micDbfs.value > -40 && (heardDbfs.value ?? -100) < -60;
  const release = () => void ask('floor.release');
  return (
    <div class={`speaking ${live ? 'live' : 'muted'}`}>
      <Ring speech={speech} phase={state.phase} size="large" />
      <div class="speaking-body">
        <p class="speaking-state" role="status">
          <Icon name={live ? 'mic' : 'micOff'} />
          {speechWords(speech, next)}
        </p>
        <p class="dim">{kindName(speech.kind)}</p>
        {live && joined.value && (
          <>
            <LevelBar dbfs={heardDbfs.value ?? micDbfs.value} label={t('level.heard')} />
            <p class={silent ? 'warn-words' : 'dim'}>{t(silent ? 'sound.not_heard' : 'sound.heard')}</p>
          </>
        )}
        {next === 'release' && <Button icon="micOff" onClick={() => void ask('mic.mute')}>{t('action.mute_me')}</Button>}
        {(next === 'unmute' || next === 'join_sound') && (
          <Button tone="danger" onClick={release}>{t('action.release')}</Button>
        )}
      </div>
      {next === 'reconnecting' ? <Reconnecting />
        : next === 'join_sound' ? <JoinSound />
        : next === 'unmute' ? (
          <Big icon="mic" tone="good" words={t('action.unmute_me')} working={busy.value.has('mic.unmute')} onClick={() => void ask('mic.unmute')} />
        ) : (
          <Big icon="stop" tone="stop" words={t('action.release')} working={busy.value.has('floor.release')} onClick={release} />
        )}
    </div>
  );
};

interface NotSpeakingProps {
  state: Snapshot;
  person: Person;
  waiting: Waiting | undefined;
  voting: boolean;
  next: Next;
  onCheck: () => void;
}

const NOTE: Partial<Record<Next, Key>> = {
  closed: 'delegate.closed', check_mic: 'delegate.closed', between: 'delegate.break_note',
  recess: 'delegate.suspended_note', listen: 'delegate.listen',
};

const NotSpeaking = ({ state, person, waiting, voting, next, onCheck }: NotSpeakingProps) => {
  const [asking, setAsking] = useState(false);
  const note = NOTE[next];
  if (next === 'reconnecting') return <Reconnecting />;
  if (next === 'check_in') return <CheckIn />;
  if (next === 'join_sound') return <JoinSound />;
  if (note)
    return (
      <>
        <p class="action-note">{t(note)}</p>
        {next === 'check_mic' && <Big icon="mic" tone="ask" words={t('miccheck.start')} note={t('miccheck.why')} onClick={onCheck} />}
      </>
    );
  if (waiting) return <InList state={state} waiting={waiting} small={voting} />;
  // While a vote is open, voting is the one thing to do.
  if (voting && !asking)
    return <button type="button" class="text-button" onClick={() => setAsking(true)}>{t('action.ask_anyway')}</button>;
  return <Asking state={state} person={person} small={voting} />;
};

const InList = ({ state, waiting, small }: { state: Snapshot; waiting: Waiting; small: boolean }) => {
  const isPending = waiting.state === 'pending';
  const place = state.floor.queue.findIndex((w) => w.request === waiting.request) + 1;
  const words = t(isPending ? 'delegate.pending' : 'delegate.place', { n: place });
  const withdraw = () => void ask('floor.withdraw', { request: waiting.request });
  if (small)
    return (
      <p class="waiting-line">
        {words}
        <Button size="small" tone="quiet" icon="cross" onClick={withdraw}>{t('action.withdraw')}</Button>
      </p>
    );
  return (
    <div class="waiting">
      <p class="waiting-place" role="status">
        <span class="waiting-number">{isPending ? '…' : place}</span>
        <span>
          {words}
          <small>{kindName(waiting.kind)}</small>
        </span>
      </p>
      <Big icon="cross" tone="wait" words={t('action.withdraw')} working={busy.value.has(`floor.withdraw ${waiting.request}`)}
        onClick={withdraw} />
    </div>
  );
};

const Asking = ({ state, person, small }: { state: Snapshot; person: Person; small: boolean }) => {
  const offered = kindsFor(person);
  const [kind, setKind] = useState(offered[0]?.id ?? '');
  const [detail, setDetail] = useState<KindOfSpeech | null>(null);
  const chosen = offered.find((k) => k.id === kind) ?? offered[0];
  if (!chosen) return <p class="action-note">{t('delegate.listen')}</p>;
  const send = (target?: string, note?: string) =>
    ask('floor.request', { kind: chosen.id, ...(target ? { target } : {}), ...(note ? { note } : {}) });
  const closed = state.floor.list_closed && !chosen.after_close;
  return (
    <div class={small ? 'asking small' : 'asking'}>
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
