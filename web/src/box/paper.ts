// A ballot paper: a token that the server signs blind (RFC 9497, VOPRF, ristretto255-SHA512, one at a
// time). The server knows who was handed a paper and later sees a good one, but not whose it is.

import { ristretto255_hasher } from '@noble/curves/ed25519.js';
import {
  B, BoxError, bytesOf, join, mul, mulPublic, Point, random, randomScalar, Reader, readPoint, readScalar, scalarBytes,
  sha512, type Bytes, type Random, type Scalar,
} from './group';

const CONTEXT = join(bytesOf('OPRFV1-'), Uint8Array.of(1), bytesOf('-ristretto255-SHA512'));
const dst = (use: string): Bytes => join(bytesOf(use), CONTEXT);

const i2osp2 = (n: number): Bytes => Uint8Array.of(n >> 8, n & 0xff);
const withLength = (field: Bytes): Bytes => join(i2osp2(field.length), field);

const hashToGroup = (input: Bytes): Point => {
  const point = ristretto255_hasher.hashToCurve(input, { DST: dst('HashToGroup-') }) as Point;
  if (point.is0()) throw new BoxError('bad_point');
  return point;
};
const hashToScalar = (input: Bytes): Scalar => ristretto255_hasher.hashToScalar(input, { DST: dst('HashToScalar-') });

export const SERIAL_BYTES = 32;
export const PROOF_BYTES = 64;
export const TOKEN_BYTES = 64;

/** What the voter's page keeps until the ballot is in the box. */
export interface Paper {
  serial: Bytes;
  blind: Bytes;
  /** blindedElement: what the server is shown */
  paper: Bytes;
}

export const blindWith = (serial: Bytes, blind: Scalar): Paper => ({
  serial,
  blind: scalarBytes(blind),
  paper: mul(hashToGroup(serial), blind).toBytes(),
});

export const newPaper = (source: Random = random): Paper => blindWith(source(SERIAL_BYTES), randomScalar(source));

/** ComputeComposites of one element, without the secret. */
const composites = (key: Bytes, blinded: Point, evaluated: Point): { M: Point; Z: Point } => {
  const seed = sha512(join(withLength(key), withLength(dst('Seed-'))));
  const weight = hashToScalar(join(
    withLength(seed), i2osp2(0), withLength(blinded.toBytes()), withLength(evaluated.toBytes()), bytesOf('Composite'),
  ));
  return { M: mulPublic(blinded, weight), Z: mulPublic(evaluated, weight) };
};

const verifyProof = (key: Bytes, blinded: Point, evaluated: Point, proof: Bytes): boolean => {
  const reader = new Reader(proof);
  const c = reader.scalar();
  const s = reader.scalar();
  reader.end();
  const { M, Z } = composites(key, blinded, evaluated);
  const t2 = mulPublic(B, s).add(mulPublic(readPoint(key), c));
  const t3 = mulPublic(M, s).add(mulPublic(Z, c));
  const points = [M, Z, t2, t3].map((p) => withLength(p.toBytes()));
  return hashToScalar(join(withLength(key), ...points, bytesOf('Challenge'))) === c;
};

/** The token of a paper that the server has evaluated. `key` is the vote's, as journalled: a server that
 * used another one for somebody could know their ballot again, so its proof is checked. */
export const finalise = (paper: Paper, key: Bytes, evaluated: Bytes, proof: Bytes): Bytes => {
  const element = readPoint(evaluated);
  if (!verifyProof(key, readPoint(paper.paper), element, proof)) throw new BoxError('bad_paper');
  return tokenOf(paper.serial, mul(element, Point.Fn.inv(readScalar(paper.blind))));
};

const tokenOf = (serial: Bytes, unblinded: Point): Bytes =>
  sha512(join(withLength(serial), withLength(unblinded.toBytes()), bytesOf('Finalize')));

/** The token as whoever knows the vote's paper secret computes it: after the close, everybody. */
export const evaluate = (serial: Bytes, secret: Scalar): Bytes => tokenOf(serial, mul(hashToGroup(serial), secret));
