// The record before the page was opened: joining it, attendance and corrections out of it.

import { describe, expect, it } from 'vitest';
import type { KhEvent } from '../src/api/types';
import { comings, isLate } from '../src/state/attendance';
import { merge, thisSitting } from '../src/state/events';
import { tallyTrail } from '../src/state/tally';

let seq = 0;
const event = (type: string, minute: number, fields: Record<string, unknown> = {}): KhEvent => ({
  seq: ++seq, time: `2026-07-20T0${1 + Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}:00.000Z`, type, ...fields,
});
const seqs = (events: KhEvent[]): number[] => events.map((e) => e.seq);
const numbered = (...all: number[]): KhEvent[] => all.map((n) => ({ seq: n, time: '', type: 'notice' }));

describe('the record', () => {
  it('is joined page by page, whichever came first', () => {
    expect(seqs(merge(numbered(1, 2), numbered(3, 4)))).toEqual([1, 2, 3, 4]);
    expect(seqs(merge([], numbered(3)))).toEqual([3]);
    expect(seqs(merge(numbered(3), []))).toEqual([3]);
  });

  it('has an event once though a page and the line both brought it', () => {
    expect(seqs(merge(numbered(1, 2, 3), numbered(3, 4)))).toEqual([1, 2, 3, 4]);
    expect(seqs(merge(numbered(5, 6), numbered(2, 5)))).toEqual([2, 5, 6]);
  });

  it('does not grow without end', () => {
    const long = merge(numbered(...Array.from({ length: 30_000 }, (_, i) => i + 1)), []);
    expect(long.length).toBe(20_000);
    expect(long.at(-1)?.seq).toBe(30_000);
  });

  it('of this sitting begins in the break before it', () => {
    const events = [
      event('sitting.opened', 0), event('sitting.closed', 1), event('attendance.checked_in', 2), event('sitting.opened', 3),
    ];
    expect(thisSitting(events).map((e) => e.type)).toEqual(['attendance.checked_in', 'sitting.opened']);
    expect(thisSitting([])).toEqual([]);
  });
});

describe('attendance', () => {
  const before = event('attendance.checked_in', 1, { person: 'late' });
  const day = [
    before, event('sitting.closed', 2),
    event('attendance.checked_in', 5, { person: 'early' }),
    event('attendance.checked_in', 6, { person: 'gone' }),
    event('attendance.excused', 7, { person: 'ill', note: 'ốm' }),
    event('sitting.opened', 10),
    event('attendance.checked_in', 20, { person: 'late' }),
    event('attendance.checked_out', 30, { person: 'gone' }),
    event('attendance.checked_in', 31, { person: 'early', remote: true }),
    event('attendance.excused', 40, { person: 'late' }),
    event('attendance.checked_in', 50, { person: 'late' }),
  ];
  const opened = (day[5] as KhEvent).time;
  const all = comings(day);

  it('knows who came when, counting from the first coming of this sitting', () => {
    expect(all.get('early')).toMatchObject({ first: day[2]?.time, since: day[2]?.time, left: null });
    expect(all.get('late')).toMatchObject({ first: day[6]?.time, since: day[10]?.time, left: null, excused: null });
  });

  it('calls late who came after the opening, and nobody who was here before or is not here at all', () => {
    expect(isLate(opened, all.get('late'))).toBe(true);
    expect(isLate(opened, all.get('early'))).toBe(false);
    expect(isLate(opened, undefined)).toBe(false);
    expect(isLate(undefined, all.get('late'))).toBe(false);
  });

  it('takes the state’s word where the events do not go back so far', () => {
    expect(isLate(opened, undefined, day[6]?.time)).toBe(true);
    expect(isLate(opened, undefined, day[2]?.time)).toBe(false);
  });

  it('knows who left, and why somebody is excused', () => {
    expect(all.get('gone')).toMatchObject({ since: null, left: day[7]?.time });
    expect(all.get('ill')?.excused).toEqual({ at: day[4]?.time, note: 'ốm' });
    expect(comings(day.slice(0, 10)).get('late')).toMatchObject({ since: null, left: day[9]?.time });
  });
});

describe('a count by hand', () => {
  const hands = { vote: 7, form: 'hands' };
  const entered = event('vote.tallied', 1, { ...hands, by: 's1', counts: { for: 40, invalid: 0 } });
  const corrected = event('vote.tallied', 2, { ...hands, by: 's1', counts: { for: 41, invalid: 0 } });
  const confirmed = event('vote.tallied', 3, { ...hands, by: 's2', counts: { for: 41, invalid: 0 } });
  const other = event('vote.tallied', 4, { ...hands, vote: 8, by: 's2', counts: { for: 1, invalid: 0 } });

  it('keeps both entries of a correction, and who confirmed', () => {
    const trail = tallyTrail([entered, corrected, other, confirmed], 7);
    expect(trail.map((e) => [e.by, e.kind, e.counts])).toEqual([
      ['s1', 'entered', { for: 40, invalid: 0 }],
      ['s1', 'corrected', { for: 41, invalid: 0 }],
      ['s2', 'confirmed', { for: 41, invalid: 0 }],
    ]);
  });

  it('begins anew when the vote is held again', () => {
    const again = event('vote.reopened', 5, { vote: 7, form: 'paper' });
    expect(tallyTrail([entered, confirmed, again], 7)).toEqual([]);
  });

  it('has no numbers for those who may not see them', () => {
    const { counts: _counts, ...bare } = entered;
    expect(tallyTrail([bare as KhEvent], 7)[0]?.counts).toBeNull();
  });
});
