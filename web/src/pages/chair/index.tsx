// The chair's page: who speaks, who waits and why, the agenda, the quorum, the votes.

import { useState } from 'preact/hooks';
import type { Snapshot } from '../../api/types';
import { ask, nameOf, openVote, state } from '../../state/store';
import { t } from '../../text/i18n';
import { AskStrip } from '../../ui/asks';
import { useHotkeys } from '../../ui/hotkeys';
import { AgendaPanel } from './agenda';
import { CallDialog } from './call';
import { HelpDialog } from './help';
import { QueuePanel } from './queue';
import { SittingPanel } from './sitting';
import { SpeakersPanel } from './speakers';
import { OpenVoteDialog, VotePanel } from './votes';

type Open = 'call' | 'vote' | 'help' | null;

const ChairPage = () => {
  const [open, setOpen] = useState<Open>(null);
  const current = state.value as Snapshot;
  const sitting = current.phase === 'sitting';
  const first = current.floor.speeches[0];

  useHotkeys({
    N: () => sitting && void callNext(),
    C: () => sitting && setOpen('call'),
    E: () => first && void extend(first.person, 60_000),
    M: () => first && void toggleMute(first.person),
    'Shift+M': () => void muteAll(),
    S: () => first && void endSpeech(first.person),
    V: () => sitting && !openVote.value && setOpen('vote'),
    Q: () => document.querySelector<HTMLElement>('[data-queue-row]')?.focus(),
    '?': () => setOpen('help'),
  });

  return (
    <main id="main" class="page chair" tabIndex={-1}>
      <h1 class="visually-hidden">{t('page.chair')}</h1>
      <AskStrip />
      <div class="chair-main">
        <SpeakersPanel state={current} onCall={() => setOpen('call')} onHelp={() => setOpen('help')} />
        <QueuePanel state={current} />
      </div>
      <div class="chair-side">
        <SittingPanel state={current} />
        <VotePanel state={current} onOpen={() => setOpen('vote')} />
        <AgendaPanel state={current} />
      </div>
      {open === 'call' && <CallDialog state={current} onClose={() => setOpen(null)} />}
      {open === 'vote' && <OpenVoteDialog state={current} onClose={() => setOpen(null)} />}
      {open === 'help' && <HelpDialog onClose={() => setOpen(null)} />}
    </main>
  );
};

export default ChairPage;

// --- what the chair can do; each once, each undoable where the rules allow ---

export const callNext = (lane?: string) => ask('floor.next', lane ? { lane } : {});

export const extend = (person: string, by_ms: number) => ask('floor.extend', { person, by_ms });

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

export const move = (request: number, before: number | undefined, back: number | undefined) =>
  ask('floor.move', before === undefined ? { request } : { request, before }, {
    text: t('done.moved'),
    label: t('action.undo'),
    run: () => void ask('floor.move', back === undefined ? { request } : { request, before: back }),
  });
