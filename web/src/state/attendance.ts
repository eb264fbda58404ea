// Who came when: from the events since this sitting's attendance began.

import type { KhEvent } from '../api/types';
import { thisSitting } from './events';

export interface Coming {
  /** The first time in this sitting */
  first: string | null;
  /** Present since; null when not here */
  since: string | null;
  left: string | null;
  excused: { at: string; note: string } | null;
}

const nobody: Coming = { first: null, since: null, left: null, excused: null };

export const comings = (events: KhEvent[]): Map<string, Coming> => {
  const all = new Map<string, Coming>();
  for (const event of thisSitting(events)) {
    if (typeof event.person !== 'string' || !event.type.startsWith('attendance.')) continue;
    const old = all.get(event.person) ?? nobody;
    if (event.type === 'attendance.checked_in')
      // From the hall to afar or back is no second coming.
      all.set(event.person, { first: old.first ?? event.time, since: old.since ?? event.time, left: null, excused: null });
    else if (event.type === 'attendance.checked_out')
      all.set(event.person, { ...old, since: null, left: event.time, excused: null });
    else if (event.type === 'attendance.excused')
      all.set(event.person, {
        ...old,
        since: null,
        left: old.since ? event.time : old.left,
        excused: { at: event.time, note: typeof event.note === 'string' ? event.note : '' },
      });
  }
  return all;
};

/** Came after the sitting had been opened. `since`: what the state knows when the events do not go back so far. */
export const isLate = (opened_at: string | undefined, coming: Coming | undefined, since?: string | null): boolean => {
  const first = coming?.first ?? since;
  return opened_at !== undefined && first !== undefined && first !== null && Date.parse(first) > Date.parse(opened_at);
};
