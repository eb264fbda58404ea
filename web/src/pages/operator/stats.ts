// Whose sound is joined, and what the server measures of it.

import { effect, signal } from '@preact/signals';
import type { Snapshot } from '../../api/types';
import type { MediaStats } from '../../media/hall';
import { link, notes, state } from '../../state/store';
import { roundOf } from './round';

/** Of those whose sound is joined. */
export const stats = signal<ReadonlyMap<string, MediaStats>>(new Map());

/** Told by the server since this page opened; the list of all is gone through bit by bit. */
const told = new Set<string>();
let next = 0;

const likely = (current: Snapshot): string[] => [
  ...new Set([
    ...current.floor.speeches.map((s) => s.person),
    ...stats.value.keys(),
    ...told,
    ...current.persons.filter((p) => p.remote && p.presence === 'present').map((p) => p.id),
  ]),
];

const one = async (person: string): Promise<[string, MediaStats] | null> => {
  try {
    return [person, await link.call<MediaStats>('media.stats', { person })];
  } catch {
    return null;
  }
};

export const readStats = async (): Promise<void> => {
  const current = state.value;
  if (!current || link.status.value !== 'open') return;
  const round = roundOf(likely(current), current.persons.map((p) => p.id), next);
  next = round.next;
  const answers = (await Promise.all(round.ask.map(one))).filter((a) => a !== null);
  const fresh = new Map(stats.value);
  for (const [person, answer] of answers) {
    if (answer.joined) fresh.set(person, answer);
    else fresh.delete(person);
  }
  told.clear();
  stats.value = fresh;
};

effect(() => {
  const person = notes.value.sound?.person;
  if (typeof person === 'string') told.add(person);
});
