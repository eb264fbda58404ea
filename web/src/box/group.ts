// The group and the hashes of the ballot box: ristretto255 (RFC 9496) and H, Hs of core/box/README.md.
//
// Everything under src/box is fetched only by who votes in secret or sits on the committee.

import { ristretto255 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, concatBytes, numberToBytesLE } from '@noble/curves/utils.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';

export const Point = ristretto255.Point;
export type Point = InstanceType<typeof Point>;
export type Scalar = bigint;
export type Bytes = Uint8Array;

/** The group's order. */
export const L = Point.Fn.ORDER;
export const B = Point.BASE;
export const SCALAR_BYTES = 32;
export const POINT_BYTES = 32;

/** Where random bytes come from; tests bring their own. */
export type Random = (bytes: number) => Bytes;
export const random: Random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes));

/** What is wrong with bytes that somebody else made. `code` is known to the pages' words. */
export class BoxError extends Error {
  constructor(
    readonly code: string,
    message: string = code,
    readonly at?: number,
  ) {
    super(message);
  }
}

export { concatBytes as join, sha256, sha512 };

const utf8 = new TextEncoder();
export const bytesOf = (text: string): Bytes => utf8.encode(text);

export const le32 = (n: number): Bytes => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, n, true);
  return bytes;
};

const DOMAIN = bytesOf('kyhop-box-v1');
export { DOMAIN };

const withLength = (field: Bytes): Bytes[] => [le32(field.length), field];

/** H(label, x1, …): 64 bytes. */
export const H = (label: string, ...fields: Bytes[]): Bytes =>
  sha512(concatBytes(DOMAIN, ...[bytesOf(label), ...fields].flatMap(withLength)));

export const mod = (n: bigint): Scalar => Point.Fn.create(n);

/** Hs(label, x1, …): the same as a scalar. */
export const Hs = (label: string, ...fields: Bytes[]): Scalar => mod(bytesToNumberLE(H(label, ...fields)));

/** Uniform and not zero. */
export const randomScalar = (source: Random): Scalar => {
  for (;;) {
    const scalar = mod(bytesToNumberLE(source(64)));
    if (scalar !== 0n) return scalar;
  }
};

export const scalarBytes = (scalar: Scalar): Bytes => numberToBytesLE(scalar, SCALAR_BYTES);

export const readScalar = (bytes: Bytes): Scalar => {
  const scalar = bytesToNumberLE(bytes);
  if (bytes.length !== SCALAR_BYTES || scalar >= L) throw new BoxError('bad_scalar');
  return scalar;
};

export const readPoint = (bytes: Bytes): Point => {
  let point: Point;
  try {
    point = Point.fromBytes(bytes);
  } catch {
    throw new BoxError('bad_point');
  }
  if (point.is0()) throw new BoxError('bad_point');
  return point;
};

/** Constant in time as far as the library is: for secret scalars. */
export const mul = (point: Point, scalar: Scalar): Point => (scalar === 0n ? Point.ZERO : point.multiply(scalar));
/** Faster: for scalars that everybody may know. */
export const mulPublic = (point: Point, scalar: Scalar): Point => point.multiplyUnsafe(scalar);

export const sum = (points: Point[]): Point => points.reduce((a, b) => a.add(b), Point.ZERO);

export const equalBytes = (a: Bytes, b: Bytes): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** Cuts bytes into pieces, in order, and says when they do not fit. */
export class Reader {
  private at = 0;
  constructor(private readonly bytes: Bytes) {}
  take(length: number): Bytes {
    if (this.at + length > this.bytes.length) throw new BoxError('bad_size');
    return this.bytes.slice(this.at, (this.at += length));
  }
  point(): Point {
    return readPoint(this.take(POINT_BYTES));
  }
  scalar(): Scalar {
    return readScalar(this.take(SCALAR_BYTES));
  }
  end(): void {
    if (this.at !== this.bytes.length) throw new BoxError('bad_size');
  }
}

/** base64url without padding, as bytes are written on the wire. */
export const toText = (bytes: Bytes): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');

export const fromText = (text: unknown, length?: number): Bytes => {
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]*$/.test(text)) throw new BoxError('bad_text');
  let bytes: Bytes;
  try {
    bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  } catch {
    throw new BoxError('bad_text');
  }
  if (toText(bytes) !== text) throw new BoxError('bad_text');
  if (length !== undefined && bytes.length !== length) throw new BoxError('bad_size');
  return bytes;
};

export const hex = (bytes: Bytes): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
