// The chair's page: who speaks, who waits and why, the agenda, the quorum, the votes.

import { useState } from 'preact/hooks';
import type { Snapshot, Speech, Waiting } from '../../api/types';
import { ask, dismiss, nameOf, openVote, state, toasts } from '../../state/store';
import { t } from '../../text/i18n';
import { AskStrip } from '../../ui/asks';
import { CommitteePanel } from '../../ui/committee';
import { CommitteeChair } from '../../ui/committee-chair';
import { useHotkeys } from '../../ui/hotkeys';
import { askToGoAhead, newestRefusal } from '../../ui/toasts';
import { AgendaPanel } from './agenda';
import { CallDialog } from './call';
import { HelpDialog } from './help';
import { asBefore, type Move } from './order';
import { QueuePanel } from './queue';
import { SittingPanel } from './sitting';
import { SpeakersPanel } from './speakers';
import { OpenVoteDialog, VotePanel } from './votes';

type Open = 'call' | 'vote' | 'help' | null;

const ChairPage = () => {
  const [open, setOpen] = useState<Open>(null);
  const current = state.value as Snapshot;
  const sitting = current.phase === 'sitting';

  useHotkeys({
    N: () => sitting && void callNext(),
    C: () => sitting && setOpen('call'),
    E: () => withSpeech(current, (s) => void extend(s.person, 60_000)),
    M: () => withSpeech(current, (s) => void toggleMute(s.person)),
    'Shift+M': () => void muteAll(),
    P: () => withSpeech(current, (s) => void toggleStop(s)),
    S: () => withSpeech(current, (s) => void endSpeech(s.person)),
    V: () => (openVote.value ? goTo('.vote button.primary') : sitting && setOpen('vote')),
    L: () => sitting && void toggleList(current.floor.list_closed),
    Q: () => goTo('[data-queue-row]') || goTo('#queue-title'),
    A: () => goTo('.agenda-item.current button') || goTo('.agenda-item.waiting button') || goTo('#agenda-title'),
    O: () => goTo('.sitting .button-row button'),
    Z: undo,
    Y: () => askToGoAhead(newestRefusal()),
    '?': () => setOpen('help'),
  });

  const about = <SittingPanel key="sitting" state={current} />;
  // A vote that runs comes first: nothing may push it out of sight.
  const votes = <VotePanel key="votes" state={current} onOpen={() => setOpen('vote')} />;

  return (
    <main id="main" class="page chair" tabIndex={-1}>
      <h1 class="visually-hidden">{t('page.chair')}</h1>
      <AskStrip />
      <div class="chair-main">
        <SpeakersPanel state={current} onCall={() => setOpen('call')} onHelp={() => setOpen('help')} />
        <QueuePanel state={current} />
      </div>
      <div class="chair-side">
        {openVote.value ? [votes, about] : [about, votes]}
        <CommitteePanel />
        <AgendaPanel state={current} />
        <CommitteeChair state={current} />
      </div>
      {open === 'call' && <CallDialog state={current} onClose={() => setOpen(null)} />}
      {open === 'vote' && <OpenVoteDialog state={current} onClose={() => setOpen(null)} />}
      {open === 'help' && <HelpDialog onClose={() => setOpen(null)} />}
    </main>
  );
};

export default ChairPage;

// --- keys ---

/** The speaker whose card has the focus, else the first. */
const withSpeech = (current: Snapshot, run: (speech: Speech) => void): void => {
  const card = document.activeElement?.closest<HTMLElement>('[data-speech]');
  const { speeches } = current.floor;
  const speech = speeches.find((s) => String(s.request) === card?.dataset.speech) ?? speeches[0];
  if (speech) run(speech);
};

const goTo = (selector: string): boolean => {
  const element = document.querySelector<HTMLElement>(selector);
  element?.focus();
  return element !== null;
};

/** Takes back the newest of what can still be taken back. */
const undo = (): void => {
  const newest = [...toasts.value].reverse().find((one) => one.undo);
  if (!newest) return;
  dismiss(newest.id);
  newest.undo?.run();
};

// --- what the chair can do; each once, with a way back exactly where a command takes it back ---

export const callNext = (lane?: string) => ask('floor.next', lane ? { lane } : {});

/** No command takes time away again. */
export const extend = (person: string, by_ms: number) => ask('floor.extend', { person, by_ms });

/** The floor is given back to nobody by itself: not undoable. */
export const endSpeech = (person: string) => ask('floor.revoke', { person });

export const mute = (person: string) =>
  ask('mic.mute', { person }, {
    text: t('done.muted', { name: nameOf(person) }),
    label: t('action.unmute'),
    run: () => void unmute(person),
  });

export const unmute = (person: string) => ask('mic.unmute', { person });

export const toggleMute = (person: string) => {
  const speech = state.value?.floor.speeches.find((s) => s.person === person);
  return speech?.mic === 'live' ? mute(person) : unmute(person);
};

export const muteAll = () => {
  const live = (state.value?.floor.speeches ?? []).filter((s) => s.mic === 'live');
  return ask('mic.mute_all', {}, {
    text: t('done.muted_all', { n: live.length }),
    label: t('action.undo'),
    run: () => live.forEach((s) => void unmute(s.person)),
  });
};

export const toggleStop = ({ person, interrupted }: Speech) =>
  interrupted
    ? ask('floor.resume', { person })
    : ask('floor.stop', { person }, {
        text: t('done.interrupted', { name: nameOf(person) }),
        label: t('action.go_on'),
        run: () => void ask('floor.resume', { person }),
      });

export const toggleList = (closed: boolean) =>
  ask(closed ? 'list.open' : 'list.close', {}, {
    text: t(closed ? 'done.list_opened' : 'done.list_closed'),
    label: t('action.undo'),
    run: () => void ask(closed ? 'list.close' : 'list.open'),
  });

export const move = (queue: Waiting[], one: Move) => {
  const back = asBefore(queue, one.request);
  return ask('floor.move', { ...one }, back && {
    text: t('done.moved'),
    label: t('action.undo'),
    run: () => void inTurn(back),
  });
};

const inTurn = async (moves: Move[]): Promise<void> => {
  for (const one of moves) if (!(await ask('floor.move', { ...one }))) return;
};
