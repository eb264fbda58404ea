// Which `floor.move` puts a request where the chair wants it, and which ones put it back.
//
// Who is moved takes rank and priority of the one it goes before (or of the last, without `before`),
// so it must be moved before an equal whenever one is there to keep what its procedure gave it.

import type { Waiting } from '../../api/types';

export interface Move {
  request: number;
  /** Without it: behind all */
  before?: number;
}

const accepted = (queue: Waiting[]): Waiting[] => queue.filter((w) => w.state !== 'pending');

const isEqual = (a: Waiting, b: Waiting | undefined): b is Waiting =>
  b !== undefined && a.rank === b.rank && a.priority === b.priority;

const before = (moved: Waiting, other: Waiting | undefined): Move =>
  other ? { request: moved.request, before: other.request } : { request: moved.request };

/** One place up (-1) or down (+1); null at the ends and for those that wait for consent. */
export const step = (queue: Waiting[], request: number, by: -1 | 1): Move | null => {
  const list = accepted(queue);
  const at = list.findIndex((w) => w.request === request);
  const row = list[at];
  const other = list[at + by];
  if (!row || !other) return null;
  if (by < 0) return before(row, other);
  const behind = list[at + 2];
  // The last of its equals: letting the other one pass keeps both what they are.
  if (isEqual(row, other) && behind && !isEqual(row, behind)) return before(other, row);
  return before(row, behind);
};

/** To the place of `target`, which moves down. */
export const drop = (queue: Waiting[], request: number, target: number): Move | null => {
  const list = accepted(queue);
  const row = list.find((w) => w.request === request);
  const other = list.find((w) => w.request === target);
  return row && other && row !== other ? before(row, other) : null;
};

/** What puts `request` back where it stands in `queue` after it was moved; undefined: nothing can,
 * because no equal is left who could lend rank and priority. */
export const asBefore = (queue: Waiting[], request: number): Move[] | undefined => {
  const list = accepted(queue);
  const at = list.findIndex((w) => w.request === request);
  const row = list[at];
  if (!row) return undefined;
  const next = list[at + 1];
  const previous = list[at - 1];
  if (isEqual(row, next)) return [before(row, next)];
  if (!isEqual(row, previous)) return undefined;
  return next ? [before(row, previous), before(previous, row)] : [before(row, undefined)];
};
