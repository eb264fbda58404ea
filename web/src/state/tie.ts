// A tie that the chair decides: between for and against, or between those who are equal at the top.

import type { BallotOption, Vote } from '../api/types';

const NOBODY_WINS_WITH: ReadonlySet<string> = new Set(['abstain', 'blank', 'aside', 'block']);

/** What the chair may choose with `vote.decide`; none when the tie is not the chair's. */
export const casting = ({ state, ballot, result }: Vote): BallotOption[] => {
  if (state !== 'closed' || result?.outcome !== 'tied') return [];
  if (ballot.tie !== 'casting' && ballot.tie !== 'preponderant') return [];
  const counts = result.counts[0]?.options ?? {};
  const runs = ballot.options.filter((o) => !NOBODY_WINS_WITH.has(o.as));
  const top = Math.max(0, ...runs.map((o) => counts[o.id] ?? 0));
  return runs.filter((o) => o.as === 'for' || o.as === 'against' || (top > 0 && counts[o.id] === top));
};
