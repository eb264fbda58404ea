// What was counted by hand: entered, by whom, corrected to what, when.

import type { Form, KhEvent, TallyCounts } from '../api/types';

export interface Entry {
  seq: number;
  at: string;
  by: string;
  form: Form;
  counts: TallyCounts | null;
  kind: 'entered' | 'corrected' | 'confirmed';
}

/** Of the newest round: a vote that is held again begins anew. */
export const tallyTrail = (events: KhEvent[], vote: number): Entry[] => {
  let entries: Entry[] = [];
  for (const event of events) {
    if (event.vote !== vote) continue;
    if (event.type === 'vote.reopened') entries = [];
    if (event.type !== 'vote.tallied') continue;
    const by = String(event.by ?? event.actor ?? '');
    const first = entries[0];
    entries.push({
      seq: event.seq, at: event.time, by, form: event.form as Form,
      counts: (event.counts as TallyCounts | undefined) ?? null,
      kind: !first ? 'entered' : first.by === by ? 'corrected' : 'confirmed',
    });
  }
  return entries;
};
