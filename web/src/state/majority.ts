// How many votes a majority needs, before they are counted.

import type { Majority, Person, Snapshot, Vote } from '../api/types';
import { needed } from '../text/format';
import { t, word } from '../text/i18n';

const isDelegate = (p: Person): boolean => p.roles.includes('delegate');
const hasVote = (p: Person): boolean => isDelegate(p) && p.in_office && p.can_vote;

/** Of an open vote, or of one that may be opened (then without `eligible`). */
export interface Open {
  eligible?: number;
  ballot?: { weighted?: boolean; eligible?: string };
}

/** The base of a majority before the count; null when only the count will tell (votes cast …). */
export const baseNow = (state: Snapshot, vote: Open | undefined, base: string): number | null => {
  const sum = (persons: Person[]): number =>
    persons.reduce((n, p) => n + (vote?.ballot?.weighted ? (p.weight ?? 1) : 1), 0);
  const present = (): number => sum(state.persons.filter((p) => hasVote(p) && p.presence === 'present'));
  switch (base) {
    case 'one':
      return 1;
    case 'seats':
      return sum(state.persons.filter(isDelegate));
    case 'in_office':
      return sum(state.persons.filter(hasVote));
    case 'present_at_open':
    case 'present_at_close':
      return present();
    case 'eligible':
    case 'issued':
      return vote?.eligible ?? (vote?.ballot?.eligible === 'all' ? sum(state.persons.filter(hasVote)) : present());
    default:
      return null;
  }
};

export interface Need {
  rule: Majority;
  base: number | null;
  needed: number | null;
}

const needOf = (rule: Majority, base: number | null): Need => ({
  rule,
  base,
  needed: base === null ? null : needed(base, rule.num, rule.den, rule.strict),
});

/** One entry for each rule that must hold. Uses the counted base once the vote is closed. */
export const needs = (state: Snapshot, vote: Vote): Need[] =>
  (vote.ballot.rules ?? []).map((rule) =>
    needOf(rule, vote.result?.counts[0]?.named[rule.base] ?? baseNow(state, vote, rule.base)));

/** The same for a vote that is not open yet: with those who are here now. */
export const needsBefore = (state: Snapshot, rules: Majority[] | undefined, ballot?: Open['ballot']): Need[] =>
  (rules ?? []).map((rule) => needOf(rule, baseNow(state, { ballot }, rule.base)));

/** "quá nửa tổng số đại biểu", "ít nhất 2/3 đại biểu có mặt" */
export const majorityWords = ({ num, den, strict, base }: Majority): string => {
  const name = word('count', base);
  // A bare number of votes, not a share of anything.
  if (base === 'one') return t(strict ? 'vote.more_bare' : 'vote.least_bare', { n: num });
  if (num * 2 === den) return t(strict ? 'vote.more_half' : 'vote.at_least_half', { name });
  return t(strict ? 'vote.more_than' : 'vote.at_least', { share: `${num}/${den}`, name });
};
