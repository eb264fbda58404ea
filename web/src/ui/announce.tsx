// Live regions: what a person who cannot see the screen has to hear without asking.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { KhEvent, Reason } from '../api/types';
import { kindName, nameOf, onEvent, reasonWords, roles, state, toast, you } from '../state/store';
import { spell } from '../text/format';
import { t, tr } from '../text/i18n';
import { sentence } from './story';

const polite = signal('');
const urgent = signal('');

/** Say it once; the same words again are said again. */
export const say = (text: string, now = false): void => {
  const region = now ? urgent : polite;
  region.value = region.value === text ? `${text}\u00a0` : text;
};

const mine = (event: KhEvent): boolean => event.person === you.value?.id;

// Refusals and notices are shown as toasts, which are live regions themselves.
const spoken: Record<string, (event: KhEvent) => void> = {
  'floor.granted': (event) =>
    mine(event)
      ? say(t('say.you_have_floor'), true)
      : say(t('say.has_floor', { name: nameOf(String(event.person)), kind: kindName(String(event.kind)) })),
  'floor.warned': (event) => {
    if (mine(event)) say(t('say.left', { time: spell(Number(event.left_ms)) }), true);
  },
  'floor.expired': (event) => {
    if (mine(event)) say(t('say.time_over'), true);
  },
  'mic.changed': (event) => {
    if (mine(event)) say(t(event.mic === 'live' ? 'say.mic_live' : event.mic === 'muted' ? 'say.mic_muted' : 'say.mic_off'), true);
  },
  'vote.opened': (event) => say(t('say.vote_opened', { question: String(event.question) }), true),
  'vote.closed': (event) => {
    const vote = state.value?.votes.find((v) => v.vote === event.vote);
    say(`${t('say.vote_closed')} ${tr(vote?.result?.explanation)}`);
  },
  'agenda.started': (event) => {
    const item = state.value?.agenda.find((i) => i.id === event.item);
    if (item) say(t('say.item', { title: tr(item.title) }));
  },
  'sitting.opened': () => say(t('say.sitting_opened')),
  'sitting.suspended': () => say(t('say.sitting_suspended'), true),
  'sitting.resumed': () => say(t('say.sitting_resumed')),
  'sitting.closed': () => say(t('say.sitting_closed')),
};

/** The chair's own words, or the rule's. */
const wordsOf = (event: KhEvent): string =>
  typeof event.note === 'string' && event.note !== '' ? event.note : reasonWords(event.reason as Reason | undefined);

const ruleOf = (event: KhEvent): string | undefined => (event.reason as Reason | undefined)?.rule || undefined;

/** What a person must not miss though the screen has moved on. */
const shown: Record<string, (event: KhEvent) => void> = {
  'floor.denied': (event) => {
    if (mine(event))
      toast({ tone: 'warn', text: `${t('say.denied')} ${wordsOf(event)}`, rule: ruleOf(event) }, 20_000);
  },
  'floor.revoked': (event) => {
    if (mine(event))
      toast({ tone: 'warn', text: `${t('say.revoked')} ${wordsOf(event)}`, rule: ruleOf(event) }, 20_000);
  },
  notice: (event) => {
    if (event.person === undefined || mine(event))
      toast({ tone: 'info', text: wordsOf(event), rule: ruleOf(event) }, 20_000);
  },
  'procedure.failed': () => {
    if (roles.value.some((r) => r === 'chair' || r === 'operator' || r === 'it'))
      toast({ tone: 'bad', text: t('it.failed_now') }, 0);
  },
};

/** The chair goes beyond the rules in the sight of all; the hall's screens keep to what goes on. */
const showOverride = (event: KhEvent): void => {
  const words = event.override === true && !roles.value.includes('display') ? sentence(event) : null;
  if (words) toast({ tone: 'info', text: words }, 20_000);
};

export const Announcer = () => {
  useEffect(
    () =>
      onEvent((event) => {
        spoken[event.type]?.(event);
        shown[event.type]?.(event);
        showOverride(event);
      }),
    [],
  );
  return (
    <>
      <div class="visually-hidden" role="status" aria-live="polite">{polite.value}</div>
      <div class="visually-hidden" role="alert" aria-live="assertive">{urgent.value}</div>
    </>
  );
};
