// Whole secret votes: what the pages seal and open, against a recount written apart (box-side.ts).

import { describe, expect, it, vi } from 'vitest';
import { ballotHash, findBallot, readEntries } from '../src/box/check';
import { boxKey, dealOf, joinOf, ownKey } from '../src/box/committee';
import { B, BoxError, mul, Point, toText, type Bytes } from '../src/box/group';
import { boxHash, checkBox, openingOf, productsOf } from '../src/box/opening';
import { evaluate } from '../src/box/paper';
import { ballotBytes, seal, type Envelope, type Shape } from '../src/box/sealed';
import { countOf, isBallot, isOpening, pairsOf, seeded } from './box-side';
import { COUNCIL, holdCeremony, holdVote } from './box-story';

vi.setConfig({ testTimeout: 30_000 }); // mathematics on a busy machine

const council = holdCeremony('five', 5, 3);
const plain: Shape = { subjects: 1, options: 3, min: 1, max: 1 };
const confidence: Shape = { subjects: 4, options: 3, min: 1, max: 1 };
const some: Shape = { subjects: 2, options: 4, min: 0, max: 3 };

const changed = (bytes: Bytes, at: number): Bytes => {
  const copy = bytes.slice();
  copy[at]! ^= 1;
  return copy;
};

describe('the committee makes its key', () => {
  it('that belongs to the shares: any three of five give it, two do not', () => {
    const lambda = (members: number[], j: number): bigint =>
      members.filter((i) => i !== j).reduce((l, i) => Point.Fn.mul(l, Point.Fn.div(BigInt(i), Point.Fn.create(BigInt(i - j)))), 1n);
    const keyOf = (members: number[]): Point =>
      mul(B, members.reduce((x, j) => Point.Fn.add(x, Point.Fn.mul(lambda(members, j), council.own[j - 1]!)), 0n));
    for (const members of [[1, 2, 3], [1, 3, 5], [2, 4, 5], [5, 4, 3]])
      expect(keyOf(members).equals(council.key), String(members)).toBe(true);
    expect(keyOf([1, 2]).equals(council.key)).toBe(false);
  });

  it('and everybody knows whose share is whose', () =>
    council.own.forEach((x, at) => expect(mul(B, x).equals(council.keys[at]!)).toBe(true)));

  it('alone, too', () => {
    const one = holdCeremony('one', 1, 1);
    expect(mul(B, one.own[0]!).equals(one.key)).toBe(true);
  });

  it('again on another device, from the seed and the journal alone', () => {
    const again = ownKey(council.seeds[2]!.slice(), structuredClone(council.ceremony), council.deals, 3);
    expect(again).toEqual({ x: council.own[2], wrong: [] });
    expect(() => ownKey(council.seeds[1]!, council.ceremony, council.deals, 3)).toThrow('other_seed');
  });

  it('finds a wrong share and its dealer; nobody else complains', () => {
    const at = 3 * 32 + 64 + 1 * 64 + 40; // in the share for member 2
    const deals = council.deals.map((deal, i) => (i === 3 ? changed(deal, at) : deal));
    expect(ownKey(council.seeds[1]!, council.ceremony, deals, 2)).toEqual({ x: null, wrong: [4] });
    expect(ownKey(council.seeds[0]!, council.ceremony, deals, 1).wrong).toEqual([]);
  });

  it('does not take a key whose maker does not know it', () => {
    // The last dealer would make the sum its own: A_0 = yB - all others'.
    const others = boxKey(council.ceremony, council.deals).subtract(
      Point.fromBytes(council.deals[4]!.slice(0, 32)));
    const rogue = council.deals[4]!.slice();
    rogue.set(mul(B, 5n).subtract(others).toBytes());
    const deals = [...council.deals.slice(0, 4), rogue];
    expect(() => boxKey(council.ceremony, deals)).toThrow('bad_deal');
    expect(ownKey(council.seeds[0]!, council.ceremony, deals, 1).wrong).toEqual([5]);
  });

  it('does not take a deal that was made for other people', () => {
    const joins = [...council.ceremony.joins.slice(0, 4), joinOf(seeded('stranger')(32), COUNCIL, 3, 5)];
    expect(() => boxKey({ ...council.ceremony, joins }, council.deals)).toThrow('bad_deal');
  });

  it('refuses deals that are no deals', () => {
    const with0 = (deal: Bytes) => [deal, ...council.deals.slice(1)];
    for (const odd of [council.deals[0]!.slice(1), new Uint8Array(council.deals[0]!.length), new Uint8Array(0)])
      expect(() => boxKey(council.ceremony, with0(odd))).toThrow(BoxError);
    expect(() => boxKey(council.ceremony, [])).toThrow('bad_size');
  });

  it('deals the same polynomial when it must deal again', () => {
    const again = dealOf(council.seeds[0]!, council.ceremony, 1, seeded('other'));
    expect(again.slice(0, 96)).toEqual(council.deals[0]!.slice(0, 96));
    expect(again).not.toEqual(council.deals[0]);
  });
});

describe('a secret vote', () => {
  const yes = holdVote(council, 7, plain, [[[0]], [[1]], [[0]], [[2]], [[0]]]);
  const many = holdVote(council, 8, confidence, [[[0], [1], [2], [0]], [[0], [1], [1], [1]], [[2], [1], [0], [0]]]);
  const free = holdVote(council, 9, some, [[[], [0, 3]], [[1, 2, 3], [0]]]);
  const all = [yes, many, free];

  it('is counted right', () => {
    expect(yes.counts).toEqual([[3, 1, 1]]);
    expect(many.counts).toEqual([[2, 0, 1], [0, 3, 0], [1, 1, 1], [2, 1, 0]]);
    expect(free.counts).toEqual([[0, 1, 1, 1], [2, 0, 0, 1]]);
  });

  it('by any members who are enough, and by no fewer', () => {
    const pairs = pairsOf(yes.cast, plain);
    const by = (...members: number[]) => countOf(pairs, new Map(members.map((j) => [j, yes.openings[j - 1]!])), plain, 5);
    expect(by(5, 2, 1)).toEqual(yes.counts);
    expect(by(1, 2, 3, 4, 5)).toEqual(yes.counts);
    expect(() => by(1, 2)).toThrow('no count');
  });

  it('has ballots of the told size whose proofs all hold, and papers that are good', () => {
    for (const { cast, shape, vote, paperSecret } of all)
      for (const one of cast) {
        expect(one.ballot.length).toBe(ballotBytes(shape));
        expect(isBallot({ council: COUNCIL, vote, key: council.key, serial: one.serial, shape }, one.ballot)).toBe(true);
        expect(evaluate(one.serial, paperSecret)).toEqual(one.token);
      }
  });

  const first = yes.cast[0]!;
  const envelope: Envelope = { council: COUNCIL, vote: 7, key: council.key, serial: first.serial, shape: plain };
  const holds = (patch: Partial<Envelope>, ballot = first.ballot): boolean => {
    try {
      return isBallot({ ...envelope, ...patch }, ballot);
    } catch (error) {
      expect(error).toBeInstanceOf(BoxError);
      return false;
    }
  };

  it('has ballots that are good for nothing else', () => {
    expect(holds({})).toBe(true);
    expect(holds({ serial: yes.cast[1]!.serial })).toBe(false);
    expect(holds({ vote: 8 })).toBe(false);
    expect(holds({ council: 'da-nang' })).toBe(false);
    expect(holds({ key: council.keys[0]! })).toBe(false);
  });

  it('has ballots of which no byte can be changed', () => {
    for (let at = 0; at < first.ballot.length; at += 31) expect(holds({}, changed(first.ballot, at)), String(at)).toBe(false);
  });

  it('takes no choice that may not be', () => {
    for (const odd of [[], [[]], [[0, 1]], [[3]], [[-1]], [[0.5]], [[0], [1]]])
      expect(() => seal(envelope, odd), JSON.stringify(odd)).toThrow('bad_choice');
    expect(() => seal({ ...envelope, shape: { ...plain, max: 3 } }, [[1, 1]])).toThrow('bad_choice');
  });

  it('does not let two votes hide in one option, whatever the maker of the ballot does', () => {
    // Options may not repeat, so seal() must be lied to: 3 of 4 in a ballot that allows 3, read as one that allows 2.
    const wide = { ...envelope, shape: { ...some, subjects: 1 } };
    const three = seal(wide, [[0, 1, 2]]);
    const narrow = { ...some, subjects: 1, max: 2 };
    expect(holds({ shape: narrow }, three)).toBe(false);
    const cut = three.slice(0, ballotBytes(narrow));
    expect(holds({ shape: narrow }, cut)).toBe(false);
  });

  it('has openings whose proofs hold, each for its member, its box and nothing else', () => {
    const pairs = pairsOf(yes.cast, plain);
    const V = council.keys;
    yes.openings.forEach((opening, at) => expect(isOpening(yes.box, pairs, V[at]!, opening)).toBe(true));
    const opening = yes.openings[0]!;
    expect(isOpening(yes.box, pairs, V[1]!, opening)).toBe(false);
    expect(isOpening({ ...yes.box, hash: '0'.repeat(64) }, pairs, V[0]!, opening)).toBe(false);
    for (const at of [96, 130]) expect(isOpening(yes.box, pairs, V[0]!, changed(opening, at))).toBe(false);
    const swapped = opening.slice();
    swapped.set(opening.slice(32, 64), 0);
    swapped.set(opening.slice(0, 32), 32);
    expect(isOpening(yes.box, pairs, V[0]!, swapped)).toBe(false);
  });

  it('multiplies what the recount multiplies', () => {
    for (const { cast, shape } of all) {
      const theirs = pairsOf(cast, shape);
      productsOf(cast, shape).forEach(({ P, Q }, m) => {
        expect(P.equals(theirs[m]!.P)).toBe(true);
        expect(Q.equals(theirs[m]!.Q)).toBe(true);
      });
    }
  });

  it('opens no box that is empty: there is nothing in it', () =>
    expect(() => openingOf(yes.box, productsOf([], plain), council.own[0]!)).toThrow('empty_box'));

  it('opens no other box than the journalled one', () => {
    const swapped = yes.cast.map((e, i) => (i === 1 ? { ...e, ballot: first.ballot } : e));
    expect(() => checkBox(yes.box, yes.cast, plain)).not.toThrow();
    expect(() => checkBox(yes.box, [...yes.cast].reverse(), plain)).not.toThrow();
    for (const odd of [swapped, yes.cast.slice(1), [...yes.cast, many.cast[0]!], [...yes.cast, first]])
      expect(() => checkBox(yes.box, odd, plain)).toThrow(BoxError);
    const twice = [first, first];
    const hash = boxHash(COUNCIL, 7, twice);
    expect(() => checkBox({ ...yes.box, hash }, twice, plain)).toThrow('bad_box');
  });

  it('lets a voter find the own ballot, and nobody be deceived', () => {
    const published = { entries: yes.cast.map((e) => ({ serial: toText(e.serial), token: toText(e.token), ballot: toText(e.ballot) })) };
    const entries = readEntries(published);
    const hash = ballotHash(first.ballot);
    expect(findBallot(yes.box, entries, first.serial, hash)).toBe('in_box');
    expect(findBallot(yes.box, entries, first.serial, ballotHash(yes.cast[1]!.ballot))).toBe('other_ballot');
    expect(findBallot(yes.box, entries, many.cast[0]!.serial, hash)).toBe('missing');
    expect(findBallot(yes.box, entries.slice(1), first.serial, hash)).toBe('other_box');
    expect(() => readEntries({ entries: [{ serial: 'x', token: '', ballot: '' }] })).toThrow(BoxError);
    expect(() => readEntries({} as never)).toThrow('bad_box');
  });
});
