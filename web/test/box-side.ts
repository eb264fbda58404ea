// The other side of the ballot box for the tests: what the server and a recount do, written from
// core/box/README.md and RFC 9497 and sharing with the pages only the group and the hashes.

import { ristretto255_hasher } from '@noble/curves/ed25519.js';
import {
  B, bytesOf, H, Hs, join, L, le32, mod, Point, readPoint, readScalar, scalarBytes, sha512,
  type Bytes, type Random, type Scalar,
} from '../src/box/group';
import type { BoxOf, Entry } from '../src/box/opening';
import type { Envelope, Shape } from '../src/box/sealed';

/** Random bytes that are the same in every run. */
export const seeded = (name: string): Random => {
  let count = 0;
  return (bytes) => {
    const blocks: Bytes[] = [];
    for (let have = 0; have < bytes; have += 64) blocks.push(sha512(bytesOf(`${name} ${count++}`)));
    return join(...blocks).slice(0, bytes);
  };
};

const times = (point: Point, scalar: Scalar): Point => point.multiplyUnsafe(scalar);
const minus = (a: Point, b: Point): Point => a.add(b.negate());

// --- RFC 9497: the evaluating side ---

const suite = (use: string): Bytes => join(bytesOf(`${use}OPRFV1-`), Uint8Array.of(1), bytesOf('-ristretto255-SHA512'));
const lv = (...fields: Bytes[]): Bytes =>
  join(...fields.flatMap((f) => [Uint8Array.of(f.length >> 8, f.length & 255), f]));
const toScalar = (input: Bytes): Scalar => ristretto255_hasher.hashToScalar(input, { DST: suite('HashToScalar-') });

/** BlindEvaluate: the signed paper and GenerateProof, the composites the fast way (with the secret). */
export const signPaper = (k: Scalar, paper: Bytes, r: Scalar): { evaluated: Bytes; proof: Bytes } => {
  const blinded = readPoint(paper);
  const evaluated = times(blinded, k).toBytes();
  const K = times(B, k).toBytes();
  const seed = sha512(lv(K, suite('Seed-')));
  const d = toScalar(join(lv(seed), Uint8Array.of(0, 0), lv(paper, evaluated), bytesOf('Composite')));
  const M = times(blinded, d);
  const Z = times(M, k);
  const c = toScalar(join(lv(K, ...[M, Z, times(B, r), times(M, r)].map((p) => p.toBytes())), bytesOf('Challenge')));
  return { evaluated, proof: join(scalarBytes(c), scalarBytes(mod(r - c * k))) };
};

// --- sealed ballots ---

const pieces = (bytes: Bytes, size: number): Bytes[] =>
  Array.from({ length: bytes.length / size }, (_, i) => bytes.slice(i * size, (i + 1) * size));

const holdsRange = (
  ctx: Bytes, Y: Point, s: number, o: number, R: Point, C: Point, proof: Bytes, lo: number,
): boolean => {
  let sum = 0n;
  const points = [R, C];
  pieces(proof, 64).forEach((branch, at) => {
    const c = readScalar(branch.slice(0, 32));
    const z = readScalar(branch.slice(32));
    points.push(minus(times(B, z), times(R, c)));
    points.push(minus(times(Y, z), times(minus(C, times(B, BigInt(lo + at))), c)));
    sum = mod(sum + c);
  });
  return sum === Hs('range', ctx, le32(s), le32(o), ...points.map((p) => p.toBytes()));
};

/** Does every proof of the ballot hold? Throws on bytes that are no ballot. */
export const isBallot = ({ council, vote, key, serial, shape }: Envelope, ballot: Bytes): boolean => {
  const { subjects, options, min, max } = shape;
  if (ballot.length !== subjects * (options * 192 + (max - min + 1) * 64)) return false;
  const ctx = H('ballot', bytesOf(council), le32(vote), key.toBytes(), serial);
  return pieces(ballot, ballot.length / subjects).every((part, s) => {
    let R_sum = Point.ZERO;
    let C_sum = Point.ZERO;
    const singles = pieces(part.slice(0, options * 192), 192).every((one, o) => {
      const R = readPoint(one.slice(0, 32));
      const C = readPoint(one.slice(32, 64));
      R_sum = R_sum.add(R);
      C_sum = C_sum.add(C);
      return holdsRange(ctx, key, s, o, R, C, one.slice(64), 0);
    });
    return singles && holdsRange(ctx, key, s, 0xffffffff, R_sum, C_sum, part.slice(options * 192), min);
  });
};

// --- opening ---

export const pairsOf = (entries: Entry[], { subjects, options, min, max }: Shape): { P: Point; Q: Point }[] => {
  const subjectBytes = options * 192 + (max - min + 1) * 64;
  return Array.from({ length: subjects * options }, (_, m) => {
    const at = Math.floor(m / options) * subjectBytes + (m % options) * 192;
    const add = (offset: number): Point =>
      entries.reduce((sum, e) => sum.add(readPoint(e.ballot.slice(at + offset, at + offset + 32))), Point.ZERO);
    return { P: add(0), Q: add(32) };
  });
};

/** Is `opening` really the products to the power of V's logarithm? */
export const isOpening = (box: BoxOf, pairs: { P: Point }[], V: Point, opening: Bytes): boolean => {
  if (opening.length !== pairs.length * 32 + 64) return false;
  const D = pieces(opening.slice(0, pairs.length * 32), 32).map(readPoint);
  const [c, z] = pieces(opening.slice(pairs.length * 32), 32).map(readScalar) as [Scalar, Scalar];
  const octx = H('opening', bytesOf(box.council), le32(box.vote), bytesOf(box.hash));
  const wctx = H('weights', octx, V.toBytes(), ...pairs.flatMap(({ P }, m) => [P.toBytes(), (D[m] as Point).toBytes()]));
  let PP = Point.ZERO;
  let DD = Point.ZERO;
  pairs.forEach(({ P }, m) => {
    const d = Hs('weight', wctx, le32(m));
    PP = PP.add(times(P, d));
    DD = DD.add(times(D[m] as Point, d));
  });
  const T1 = minus(times(B, z), times(V, c));
  const T2 = minus(times(PP, z), times(DD, c));
  return c === Hs('equal', octx, V.toBytes(), ...[PP, DD, T1, T2].map((p) => p.toBytes()));
};

const inverse = (a: Scalar): Scalar => {
  let [result, base, e] = [1n, mod(a), L - 2n];
  for (; e > 0n; e >>= 1n, base = mod(base * base)) if (e & 1n) result = mod(result * base);
  return result;
};

/** The counts, [subject][option], from the openings of enough members (number → opening). */
export const countOf = (
  pairs: { P: Point; Q: Point }[], openings: Map<number, Bytes>, shape: Shape, most: number,
): number[][] => {
  const members = [...openings.keys()];
  const lambda = (j: number): Scalar =>
    members.filter((i) => i !== j).reduce((l, i) => mod(l * BigInt(i) * inverse(BigInt(i - j) + L)), 1n);
  const flat = pairs.map(({ Q }, m) => {
    const xP = members.reduce(
      (sum, j) => sum.add(times(readPoint((openings.get(j) as Bytes).slice(m * 32, m * 32 + 32)), lambda(j))),
      Point.ZERO,
    );
    const wanted = minus(Q, xP);
    for (let v = 0, at = Point.ZERO; v <= most; v++, at = at.add(B)) if (at.equals(wanted)) return v;
    throw new Error(`no count up to ${most} for ${m}`);
  });
  return Array.from({ length: shape.subjects }, (_, s) => flat.slice(s * shape.options, (s + 1) * shape.options));
};
