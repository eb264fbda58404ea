// Lists of events, oldest first.

import type { KhEvent } from '../api/types';

/** Enough for a long day; the oldest go first. */
const KEEP = 20_000;

/** Joins two lists; an event that is in both is there once. */
export const merge = (older: KhEvent[], newer: KhEvent[]): KhEvent[] => {
  const first = newer[0]?.seq ?? Number.POSITIVE_INFINITY;
  const last = older[older.length - 1]?.seq ?? -1;
  if (last < first) return [...older, ...newer].slice(-KEEP);
  const all = new Map([...older, ...newer].map((event) => [event.seq, event]));
  return [...all.values()].sort((a, b) => a.seq - b.seq).slice(-KEEP);
};

/** Before it nothing belongs to this sitting: attendance is taken from there on. */
export const isBefore = (event: KhEvent): boolean =>
  event.type === 'sitting.closed' || event.type === 'session.opened';

/** The events of this sitting and of the break before it. */
export const thisSitting = (events: KhEvent[]): KhEvent[] => {
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i];
    if (event && isBefore(event)) return events.slice(i + 1);
  }
  return events;
};
