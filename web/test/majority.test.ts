// How many votes are needed, before a vote opens and while it runs; in words and numbers.

import { afterEach, describe, expect, it } from 'vitest';
import type { Ballot, Majority, Person, Snapshot, Vote } from '../src/api/types';
import { majorityWords, needs, needsBefore } from '../src/state/majority';
import { lang } from '../src/text/i18n';
import recorded from './fixtures/sitting.json';

afterEach(() => (lang.value = 'vi'));

const start = (recorded as unknown as { start: { state: Snapshot } }).start.state;
const person = (i: number, more: Partial<Person> = {}): Person => ({
  id: `d${i}`, name: `D ${i}`, title: '', group: '', seat: '', roles: ['delegate'], in_office: true, can_vote: true,
  presence: 'present', remote: false, mic: 'off', ...more,
});
const council = (total: number, present: number): Snapshot => ({
  ...start,
  persons: [
    ...Array.from({ length: total }, (_, i) => person(i, { presence: i < present ? 'present' : 'absent' })),
    person(900, { roles: ['guest'] }), person(901, { in_office: false }), person(902, { can_vote: false }),
  ],
});
const rule = (base: string, num: number, den: number, strict: boolean): Majority => ({ of: 'for', base, num, den, strict });

describe('before a vote opens', () => {
  // The first rows of procedures.md section 6.
  it.each([
    ['quá nửa', 75, 60, rule('in_office', 1, 2, true), 38, 75],
    ['quá nửa, even', 76, 76, rule('in_office', 1, 2, true), 39, 76],
    ['two thirds', 75, 10, rule('in_office', 2, 3, false), 50, 75],
    ['two thirds, rounded up', 76, 10, rule('in_office', 2, 3, false), 51, 76],
    ['of those present', 75, 60, rule('present_at_open', 1, 2, true), 31, 60],
    ['of those who may vote', 75, 61, rule('eligible', 2, 3, false), 41, 61],
    ['at least one', 75, 0, rule('one', 1, 1, false), 1, 1],
  ])('%s: %i in office, %i present', (_name, total, present, one, needed, base) => {
    expect(needsBefore(council(total, present), [one])).toEqual([{ rule: one, base, needed }]);
  });

  it('follows who comes where the base is those present', () => {
    const one = rule('present_at_close', 1, 2, true);
    expect([50, 51, 52].map((n) => needsBefore(council(75, n), [one])[0]?.needed)).toEqual([26, 26, 27]);
  });

  it('promises nothing that only the count can tell', () => {
    for (const base of ['cast', 'expressed', 'valid', 'returned'])
      expect(needsBefore(council(75, 60), [rule(base, 1, 2, true)])[0]).toMatchObject({ base: null, needed: null });
  });

  it('every rule has its line', () => {
    const both = [rule('in_office', 1, 2, true), rule('present_at_open', 2, 3, false)];
    expect(needsBefore(council(75, 60), both).map((n) => n.needed)).toEqual([38, 40]);
    expect(needsBefore(council(75, 60), undefined)).toEqual([]);
  });

  it('counts weights where the ballot does', () => {
    const heavy = { ...council(3, 3), persons: [person(0, { weight: 5 }), person(1), person(2)] };
    expect(needsBefore(heavy, [rule('in_office', 1, 2, true)], { weighted: true })[0]).toMatchObject({ base: 7, needed: 4 });
  });
});

describe('while a vote runs and after it', () => {
  const vote = (more: Partial<Vote>, rules: Majority[]): Vote => ({
    vote: 1, state: 'open', item: null, question: '?', opened_at: start.now, ends_at: null, eligible: 58, in_office: 75,
    times_opened: 1, ballot: { rules } as Ballot, ...more,
  });

  it('those who may vote are as many as the server says', () => {
    expect(needs(council(75, 60), vote({}, [rule('eligible', 1, 2, true)]))[0]).toMatchObject({ base: 58, needed: 30 });
  });

  it('the counted base goes before today’s attendance', () => {
    const result = { outcome: 'passed', counts: [{ named: { present_at_open: 61, expressed: 55 }, options: {} }] };
    const closed = vote({ state: 'closed', result }, [rule('present_at_open', 1, 2, true), rule('expressed', 1, 2, true)]);
    expect(needs(council(75, 40), closed).map((n) => [n.base, n.needed])).toEqual([[61, 31], [55, 28]]);
  });
});

describe('a majority in words', () => {
  it.each([
    [rule('in_office', 1, 2, true), 'quá nửa tổng số đại biểu', 'more than half of all deputies in office'],
    [rule('in_office', 2, 3, false), 'ít nhất 2/3 tổng số đại biểu', 'at least 2/3 of all deputies in office'],
    [rule('present_at_open', 1, 2, false), 'ít nhất một nửa đại biểu có mặt', 'at least half of deputies present'],
    [rule('cast', 2, 3, true), 'hơn 2/3 số phiếu đã biểu quyết', 'more than 2/3 of votes cast'],
    [rule('one', 1, 1, false), 'ít nhất 1', 'at least 1'],
  ])('%o', (one, vi, en) => {
    expect(majorityWords(one)).toBe(vi);
    lang.value = 'en';
    expect(majorityWords(one)).toBe(en);
  });
});
