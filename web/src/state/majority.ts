// How many votes a majority needs, before they are counted.

import type { Majority, Snapshot, Vote } from '../api/types';
import { needed } from '../text/format';

const voters = (state: Snapshot) => state.persons.filter((p) => p.in_office && p.can_vote);

/** The base of a majority while the vote is open; null when only the count will tell (votes cast …). */
export const baseNow = (state: Snapshot, vote: Vote | undefined, base: string): number | null => {
  switch (base) {
    case 'seats':
      return state.persons.filter((p) => p.roles.includes('delegate')).length;
    case 'in_office':
      return voters(state).length;
    case 'present_at_open':
    case 'present_at_close':
      return voters(state).filter((p) => p.presence === 'present').length;
    case 'eligible':
    case 'issued':
      return vote?.eligible ?? null;
    default:
      return null;
  }
};

export interface Need {
  rule: Majority;
  base: number | null;
  needed: number | null;
}

/** One entry for each rule that must hold. Uses the counted base once the vote is closed. */
export const needs = (state: Snapshot, vote: Vote): Need[] =>
  (vote.ballot.rules ?? []).map((rule) => {
    const counted = vote.result?.counts[0]?.named[rule.base];
    const base = counted ?? baseNow(state, vote, rule.base);
    return {
      rule,
      base,
      needed: base === null ? null : needed(base, rule.num, rule.den, rule.strict),
    };
  });
