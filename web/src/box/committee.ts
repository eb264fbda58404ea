// The counting committee's key, made together: Pedersen's key generation with Feldman's commitments
// (core/box/README.md, 2). Nobody ever holds the whole key; k members open the box together.
//
// Members are numbered from 1. Everything of a member follows from the seed and the journal.

import {
  B, BoxError, bytesOf, equalBytes, H, Hs, join, le32, mod, mul, mulPublic, Point, POINT_BYTES, random, randomScalar,
  Reader, readPoint, scalarBytes, SCALAR_BYTES, sum, type Bytes, type Random, type Scalar,
} from './group';

export const SEED_BYTES = 32;

export interface Ceremony {
  council: string;
  round: number;
  needed: number;
  /** E_1 … E_n */
  joins: Bytes[];
}

export interface Deal {
  commitments: Point[];
  knowledge: { c: Scalar; z: Scalar };
  shares: { R: Bytes; masked: Bytes }[];
}

export const newSeed = (source: Random = random): Bytes => source(SEED_BYTES);

const ctxOf = (council: string, round: number, i: number): Bytes =>
  join(bytesOf(council), Uint8Array.of(0), le32(round), le32(i));

const encryptionKey = (seed: Bytes, council: string, round: number, i: number): Scalar =>
  Hs('member', seed, ctxOf(council, round, i));

/** E, with which member i joins: also how a recovery code is told from a wrong one. */
export const joinOf = (seed: Bytes, council: string, round: number, i: number): Bytes =>
  mul(B, encryptionKey(seed, council, round, i)).toBytes();

const joinedHash = (ceremony: Ceremony): Bytes => H('joined', join(...ceremony.joins));

const coefficientsOf = (seed: Bytes, ceremony: Ceremony, i: number): Scalar[] => {
  const ctx = ctxOf(ceremony.council, ceremony.round, i);
  const joined = joinedHash(ceremony);
  return Array.from({ length: ceremony.needed }, (_, t) => Hs('coefficient', seed, ctx, le32(t), joined));
};

/** f(j) by Horner's rule. */
const valueAt = (coefficients: Scalar[], j: number): Scalar =>
  coefficients.reduceRight((value, a) => mod(value * BigInt(j) + a), 0n);

/** f(j)B from the commitments. */
const commitmentAt = (commitments: Point[], j: number): Point =>
  commitments.reduceRight((value, A) => mulPublic(value, BigInt(j)).add(A), Point.ZERO);

const challenge = (ceremony: Ceremony, i: number, A0: Point, W: Point): Scalar =>
  Hs('knowledge', ctxOf(ceremony.council, ceremony.round, i), joinedHash(ceremony), A0.toBytes(), W.toBytes());

const padOf = (shared: Point, R: Bytes, E: Bytes, i: number, j: number): Bytes =>
  H('share', shared.toBytes(), R, E, le32(i), le32(j)).slice(0, SCALAR_BYTES);

const xor = (a: Bytes, b: Bytes): Bytes => a.map((byte, i) => byte ^ (b[i] as number));

/** Member i's deal to all others, once all have joined. */
export const dealOf = (seed: Bytes, ceremony: Ceremony, i: number, source: Random = random): Bytes => {
  const a = coefficientsOf(seed, ceremony, i);
  const commitments = a.map((one) => mul(B, one));
  const w = randomScalar(source);
  const c = challenge(ceremony, i, commitments[0] as Point, mul(B, w));
  const shares = ceremony.joins.map((E, at) => {
    const r = randomScalar(source);
    const R = mul(B, r).toBytes();
    return join(R, xor(scalarBytes(valueAt(a, at + 1)), padOf(mul(readPoint(E), r), R, E, i, at + 1)));
  });
  const z = mod(w + c * (a[0] as Scalar));
  return join(...commitments.map((A) => A.toBytes()), scalarBytes(c), scalarBytes(z), ...shares);
};

export const readDeal = (bytes: Bytes, ceremony: Ceremony): Deal => {
  const reader = new Reader(bytes);
  const commitments = Array.from({ length: ceremony.needed }, () => reader.point());
  const knowledge = { c: reader.scalar(), z: reader.scalar() };
  const shares = ceremony.joins.map(() => {
    const R = reader.take(POINT_BYTES);
    readPoint(R);
    return { R, masked: reader.take(SCALAR_BYTES) };
  });
  reader.end();
  return { commitments, knowledge, shares };
};

/** The dealer knows what it committed to; else it could have made the box key its own. */
const isKnown = (ceremony: Ceremony, i: number, deal: Deal): boolean => {
  const A0 = deal.commitments[0] as Point;
  const { c, z } = deal.knowledge;
  return challenge(ceremony, i, A0, mulPublic(B, z).subtract(mulPublic(A0, c))) === c;
};

/** The box key, from the deals as journalled: nobody's word is taken for it. */
export const boxKey = (ceremony: Ceremony, deals: Bytes[]): Point => {
  if (deals.length !== ceremony.joins.length || deals.length === 0) throw new BoxError('bad_size');
  const read = deals.map((deal) => readDeal(deal, ceremony));
  const unknown = read.findIndex((deal, at) => !isKnown(ceremony, at + 1, deal));
  if (unknown >= 0) throw new BoxError('bad_deal', 'bad_deal', unknown + 1);
  const key = sum(read.map((deal) => deal.commitments[0] as Point));
  if (key.is0()) throw new BoxError('bad_point');
  return key;
};

/** V_j, against which member j's part of an opening is checked. */
export const verificationKey = (ceremony: Ceremony, deals: Bytes[], j: number): Point =>
  sum(deals.map((deal) => commitmentAt(readDeal(deal, ceremony).commitments, j)));

const openShare = (e: Scalar, ceremony: Ceremony, deal: Deal, i: number, j: number): Scalar => {
  const { R, masked } = deal.shares[j - 1] as Deal['shares'][number];
  const pad = padOf(mul(readPoint(R), e), R, ceremony.joins[j - 1] as Bytes, i, j);
  const share = new Reader(xor(masked, pad)).scalar();
  if (!mul(B, share).equals(commitmentAt(deal.commitments, j))) throw new BoxError('bad_share');
  return share;
};

export interface OwnKey {
  /** x_j; null when a share was wrong */
  x: Scalar | null;
  /** Numbers of the dealers whose deal or share for us is wrong */
  wrong: number[];
}

/** Member j opens and checks what the others dealt. */
export const ownKey = (seed: Bytes, ceremony: Ceremony, deals: Bytes[], j: number): OwnKey => {
  const e = encryptionKey(seed, ceremony.council, ceremony.round, j);
  if (!equalBytes(mul(B, e).toBytes(), ceremony.joins[j - 1] as Bytes)) throw new BoxError('other_seed');
  const wrong: number[] = [];
  let x = 0n;
  deals.forEach((bytes, at) => {
    try {
      const deal = readDeal(bytes, ceremony);
      if (!isKnown(ceremony, at + 1, deal)) throw new BoxError('bad_deal');
      x = mod(x + openShare(e, ceremony, deal, at + 1, j));
    } catch (error) {
      if (!(error instanceof BoxError)) throw error;
      wrong.push(at + 1);
    }
  });
  return { x: wrong.length > 0 ? null : x, wrong };
};
