// Secret votes over the network as the pages see them. The cryptography is fetched when it is needed.

import { computed } from '@preact/signals';
import type { Committee, CommitteeMember, Vote } from '../api/types';
import type { Shape } from '../box/sealed';
import { t, known } from '../text/i18n';
import { notes, state, you } from './store';

export const loadBox = () => import('../box/all');
export type Box = Awaited<ReturnType<typeof loadBox>>;

/** Its ballots go into the box, not to the server with a name. */
export const isBoxVote = (vote: Vote): boolean =>
  vote.ballot.secrecy === 'secret' && vote.ballot.form === 'electronic';

export const shapeOf = ({ ballot }: Vote): Shape => ({
  subjects: Math.max(1, ballot.subjects.length),
  options: ballot.options.length,
  min: ballot.select?.min ?? 1,
  max: ballot.select?.max ?? 1,
});

/** The vote whose box is closed and waits for the committee. */
export const sealedVote = computed(() => state.value?.votes.find((v) => v.state === 'sealed'));

/** How many ballots lie in the box; undefined: not told yet. */
export const inBox = (vote: Vote): number | undefined => {
  const note = notes.value.box;
  if (vote.number !== undefined) return vote.number;
  return note?.vote === vote.vote && typeof note.number === 'number' ? note.number : undefined;
};

export const committee = computed<Committee | null>(() => state.value?.committee ?? null);

export const isReady = (c: Committee | null): boolean => c !== null && c.ready;

/** My number among the members, from 1; 0: I am none. */
export const myNumber = computed(
  () => (committee.value?.members.findIndex((m) => m.person === you.value?.id) ?? -1) + 1,
);

const STAGES = ['asked', 'joined', 'dealt', 'confirmed'] as const;
/** How many members have come as far as `stage`. */
export const reached = (c: Committee, stage: CommitteeMember['stage']): number =>
  c.members.filter((m) => STAGES.indexOf(m.stage) >= STAGES.indexOf(stage)).length;

/** The ceremony as journalled; throws while somebody has not joined. */
export const ceremonyOf = (box: Box, council: string, c: Committee) => ({
  council,
  round: c.round,
  needed: c.needed,
  joins: c.members.map((m) => box.fromText(m.join, 32)),
});

export const dealsOf = (box: Box, c: Committee): Uint8Array[] => c.members.map((m) => box.fromText(m.deal));

/** The box key, computed from what every member published. */
export const boxKeyOf = (box: Box, council: string, c: Committee) =>
  box.boxKey(ceremonyOf(box, council, c), dealsOf(box, c));

/** What went wrong in the mathematics, in words. */
export const boxWords = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code;
  return t(known(`box.error.${String(code)}`) ?? 'box.error.other');
};

export const pause = (ms = 0): Promise<void> => new Promise((done) => setTimeout(done, ms));
