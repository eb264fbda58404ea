// A committee member's part: the seed, the ceremony, the opening. The seed is on this device and on the
// member's paper; nothing of it goes to the server.

import { computed, signal } from '@preact/signals';
import { fetchBox } from '../api/box';
import type { Committee, Vote } from '../api/types';
import type { PublishedBox } from '../box/check';
import { forget, keep, keptNames, readKept } from './keep';
import { boxWords, ceremonyOf, committee, dealsOf, loadBox, myNumber, pause, reached, shapeOf } from './secret';
import { ask, nameOf, state, you } from './store';

interface Kept {
  round: number;
  seed: string;
  /** The member said that the recovery code is written down. */
  saved: boolean;
  /** The hash of each box that was opened: no other one is opened for the same vote. */
  opened: Record<string, string>;
}

export interface Mine {
  /** none: not joined yet; lost: this device does not have it */
  seed: 'none' | 'here' | 'lost' | 'checking';
  code?: string;
  saved: boolean;
  /** Members whose share for me is wrong */
  wrong: string[];
  /** All shares were checked and hold. */
  checked: boolean;
}

const START = 'seed.';
const NOTHING: Mine = { seed: 'none', saved: false, wrong: [], checked: false };

export const mine = signal<Mine>(NOTHING);
/** Which box is being opened, and how far; `words` when it could not be. */
export const opening = signal<{ vote: number; done: number; of: number; words?: string } | null>(null);
export const isMember = computed(() => myNumber.value > 0);

const council = (): string => state.value?.council.id ?? '';
const keptName = (round: number): string => `${START}${council()}.${you.value?.id ?? ''}.${round}`;

/** Seeds of earlier committees open nothing any more. */
const clearOthers = (round: number): void =>
  keptNames(`${START}${council()}.${you.value?.id ?? ''}.`).forEach((name) => {
    if (name !== keptName(round)) forget(name);
  });

const myself = (c: Committee) => c.members[myNumber.value - 1];

/** Press: join the committee with a new seed. */
export const joinCommittee = async (): Promise<void> => {
  const c = committee.value;
  if (!c || !isMember.value) return;
  const box = await loadBox();
  const old = readKept<Kept>(keptName(c.round));
  const seed = old ? box.fromText(old.seed) : box.newSeed();
  if (!old) keep(keptName(c.round), { round: c.round, seed: box.toText(seed), saved: false, opened: {} } satisfies Kept);
  const join = box.toText(box.joinOf(seed, council(), c.round, myNumber.value));
  if (await ask('committee.join', { join })) clearOthers(c.round);
  await advance();
};

/** Press: the recovery code is written down. */
export const codeSaved = async (): Promise<void> => {
  const c = committee.value;
  const kept = c && readKept<Kept>(keptName(c.round));
  if (!c || !kept) return;
  keep(keptName(c.round), { ...kept, saved: true });
  await advance();
};

/** The seed of a recovery code typed on another device. Throws a BoxError that says what is wrong. */
export const recover = async (typed: string): Promise<void> => {
  const c = committee.value;
  if (!c) return;
  const box = await loadBox();
  const seed = box.seedOf(typed);
  if (box.toText(box.joinOf(seed, council(), c.round, myNumber.value)) !== myself(c)?.join)
    throw new box.BoxError('other_seed');
  keep(keptName(c.round), { round: c.round, seed: box.toText(seed), saved: true, opened: {} } satisfies Kept);
  await advance();
};

/** The key material for `seed` when all have dealt; else nobody is wrong yet. */
const checkShares = async (c: Committee, seed: Uint8Array): Promise<{ x: bigint | null; wrong: string[] } | null> => {
  if (reached(c, 'dealt') < c.members.length) return null;
  const box = await loadBox();
  const { x, wrong } = box.ownKey(seed, ceremonyOf(box, council(), c), dealsOf(box, c), myNumber.value);
  return { x, wrong: wrong.map((i) => c.members[i - 1]?.person ?? '') };
};

let isAdvancing = false;
let again = false;

/** Whatever the page can do by itself: deal, check, confirm. May be called at any time. */
export const advance = async (): Promise<void> => {
  again = true;
  if (isAdvancing) return;
  isAdvancing = true;
  try {
    while (again) {
      again = false;
      await step();
    }
  } finally {
    isAdvancing = false;
  }
};

const step = async (): Promise<void> => {
  const c = committee.value;
  const me = c && myself(c);
  if (!c || !me) {
    mine.value = NOTHING;
    return;
  }
  const kept = readKept<Kept>(keptName(c.round));
  if (!kept) {
    mine.value = { ...NOTHING, seed: me.stage === 'asked' ? 'none' : 'lost' };
    return;
  }
  const box = await loadBox();
  const seed = box.fromText(kept.seed);
  const isOther = me.join !== undefined && me.join !== box.toText(box.joinOf(seed, council(), c.round, myNumber.value));
  if (isOther) {
    mine.value = { ...NOTHING, seed: 'lost' };
    return;
  }
  if (me.stage === 'asked') {
    mine.value = NOTHING;
    return;
  }
  const base: Mine = { seed: 'here', code: box.codeOf(seed), saved: kept.saved, wrong: [], checked: false };
  mine.value = { ...base, wrong: mine.value.wrong, checked: mine.value.checked };
  if (c.void) return;
  if (me.stage === 'joined' && reached(c, 'joined') === c.members.length) {
    const deal = box.dealOf(seed, ceremonyOf(box, council(), c), myNumber.value);
    await ask('committee.deal', { deal: box.toText(deal) });
    return;
  }
  const shares = await checkShares(c, seed);
  mine.value = { ...base, wrong: shares?.wrong ?? [], checked: shares?.x != null };
  if (me.stage === 'dealt' && shares?.x != null && kept.saved) await ask('committee.confirm');
};

/** Press: a share is wrong, so the committee must be formed anew. */
export const complain = (): Promise<unknown> => ask('committee.complain', { target: mine.value.wrong[0] ?? '' });

export const wrongNames = (): string => mine.value.wrong.map(nameOf).join(', ');

/** Press: check the closed box and open the own part of its sum. */
export const openBox = async (vote: Vote): Promise<void> => {
  const c = committee.value;
  const kept = c && readKept<Kept>(keptName(c.round));
  if (!c || !kept || !vote.hash || opening.value?.words === undefined && opening.value !== null) return;
  const tell = (done: number, words?: string): void => {
    opening.value = { vote: vote.vote, done, of: vote.number ?? 0, words };
  };
  tell(0);
  const box = await loadBox();
  try {
    const place = `${vote.vote}.${vote.opened_at}`;
    const before = kept.opened[place];
    // Two boxes of one vote, differing in one ballot, would give that ballot away.
    if (before !== undefined && before !== vote.hash) throw new box.BoxError('second_box');
    const entries = box.readEntries((await fetchBox(council(), vote.vote)) as PublishedBox);
    const journalled = { council: council(), vote: vote.vote, hash: vote.hash };
    const shape = shapeOf(vote);
    box.checkBox(journalled, entries, shape);
    const products = await box.productsGently(entries, shape, async (done) => {
      tell(done);
      await pause();
    });
    const shares = await checkShares(c, box.fromText(kept.seed));
    if (shares?.x == null) throw new box.BoxError('bad_share');
    const part = box.openingOf(journalled, products, shares.x);
    keep(keptName(c.round), { ...kept, opened: { ...kept.opened, [place]: vote.hash } });
    await ask('vote.unseal', { vote: vote.vote, opening: box.toText(part) });
    opening.value = null;
  } catch (error) {
    tell(0, boxWords(error));
  }
};
