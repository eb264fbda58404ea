// A sealed ballot: every option's 0 or 1 in exponential ElGamal under the committee's key, with proofs
// that it is one and that as many were chosen as may be (core/box/README.md, 3).

import {
  B, BoxError, bytesOf, H, Hs, join, L, le32, mod, mul, Point, random, randomScalar, scalarBytes,
  type Bytes, type Random, type Scalar,
} from './group';

/** How a vote's ballots look. */
export interface Shape {
  subjects: number;
  options: number;
  min: number;
  max: number;
}

export const ballotBytes = ({ subjects, options, min, max }: Shape): number =>
  subjects * (options * 192 + (max - min + 1) * 64);

export interface Envelope {
  council: string;
  vote: number;
  key: Point;
  serial: Bytes;
  shape: Shape;
}

interface Cipher {
  R: Point;
  C: Point;
}

/** The place of an option in a proof; the sum of a subject's options stands at SUM. */
export const SUM = 0xffffffff;

export const ballotContext = (envelope: Pick<Envelope, 'council' | 'vote' | 'key' | 'serial'>): Bytes =>
  H('ballot', bytesOf(envelope.council), le32(envelope.vote), envelope.key.toBytes(), envelope.serial);

interface Place {
  bctx: Bytes;
  key: Point;
  s: number;
  o: number;
}

/** Proof that `cipher` holds a value in lo … hi: true for `value`, simulated for the others. */
const proveRange = (
  place: Place, { R, C }: Cipher, [lo, hi]: [number, number], secret: { value: number; r: Scalar }, source: Random,
): Bytes => {
  const { bctx, key, s, o } = place;
  const w = randomScalar(source);
  const branches = Array.from({ length: hi - lo + 1 }, (_, at) => {
    const u = lo + at;
    if (u === secret.value) return { c: 0n, z: 0n, T1: mul(B, w), T2: mul(key, w) };
    const c = randomScalar(source);
    const z = randomScalar(source);
    const message = C.subtract(mul(B, BigInt(u)));
    return { c, z, T1: mul(B, z).subtract(mul(R, c)), T2: mul(key, z).subtract(mul(message, c)) };
  });
  const points = [R, C, ...branches.flatMap(({ T1, T2 }) => [T1, T2])].map((p) => p.toBytes());
  const whole = Hs('range', bctx, le32(s), le32(o), ...points);
  const real = branches[secret.value - lo];
  if (!real) throw new BoxError('bad_choice');
  real.c = mod(whole + branches.reduce((left, { c }) => left + L - c, 0n));
  real.z = mod(w + real.c * secret.r);
  return join(...branches.flatMap(({ c, z }) => [scalarBytes(c), scalarBytes(z)]));
};

const sealSubject = (place: Omit<Place, 'o'>, shape: Shape, chosen: number[], source: Random): Bytes => {
  const parts: Bytes[] = [];
  let total = { R: Point.ZERO, C: Point.ZERO };
  let r_total = 0n;
  for (let o = 0; o < shape.options; o++) {
    const value = chosen.includes(o) ? 1 : 0;
    const r = randomScalar(source);
    const R = mul(B, r);
    const C = mul(place.key, r).add(value ? B : Point.ZERO);
    parts.push(R.toBytes(), C.toBytes(), proveRange({ ...place, o }, { R, C }, [0, 1], { value, r }, source));
    total = { R: total.R.add(R), C: total.C.add(C) };
    r_total = mod(r_total + r);
  }
  const secret = { value: chosen.length, r: r_total };
  parts.push(proveRange({ ...place, o: SUM }, total, [shape.min, shape.max], secret, source));
  return join(...parts);
};

const checkChoice = (shape: Shape, choice: number[][]): void => {
  if (choice.length !== shape.subjects) throw new BoxError('bad_choice');
  for (const chosen of choice) {
    const isKnown = chosen.every((o) => Number.isInteger(o) && o >= 0 && o < shape.options);
    if (!isKnown || new Set(chosen).size !== chosen.length) throw new BoxError('bad_choice');
    if (chosen.length < shape.min || chosen.length > shape.max) throw new BoxError('bad_choice');
  }
};

/** Subject by subject, so that a page can draw in between. */
function* sealing(envelope: Envelope, choice: number[][], source: Random): Generator<Bytes> {
  const { shape, key } = envelope;
  checkChoice(shape, choice);
  const bctx = ballotContext(envelope);
  key.precompute(6);
  for (const [s, chosen] of choice.entries()) yield sealSubject({ bctx, key, s }, shape, chosen, source);
}

/** `choice`: for each subject the chosen options by place. Nothing of it is kept. */
export const seal = (envelope: Envelope, choice: number[][], source: Random = random): Bytes =>
  join(...sealing(envelope, choice, source));

export type Progress = (done: number, of: number) => Promise<void>;

/** The same, with `progress` awaited after each subject. */
export const sealGently = async (envelope: Envelope, choice: number[][], progress: Progress): Promise<Bytes> => {
  const parts: Bytes[] = [];
  for (const part of sealing(envelope, choice, random)) {
    parts.push(part);
    await progress(parts.length, choice.length);
  }
  return join(...parts);
};
