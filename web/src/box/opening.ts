// Opening the box: a member checks the closed box against its hash and decrypts the product of all
// ballots, never a single one (core/box/README.md, 4 and 5).

import {
  B, BoxError, bytesOf, DOMAIN, H, hex, Hs, join, le32, mod, mul, mulPublic, Point, random, randomScalar, Reader,
  scalarBytes, sha256, sum, type Bytes, type Random, type Scalar,
} from './group';
import { SERIAL_BYTES, TOKEN_BYTES } from './paper';
import { ballotBytes, type Progress, type Shape } from './sealed';

export interface Entry {
  serial: Bytes;
  token: Bytes;
  ballot: Bytes;
}

/** What the box of a vote is: as journalled, not as the box itself says. */
export interface BoxOf {
  council: string;
  vote: number;
  /** 64 hex characters */
  hash: string;
}

const compare = (a: Bytes, b: Bytes): number => {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? 0 : (a[at] as number) - (b[at] as number);
};

export const boxHash = (council: string, vote: number, entries: Entry[]): string => {
  const sorted = [...entries].sort((a, b) => compare(a.serial, b.serial));
  const name = bytesOf(council);
  const head = [DOMAIN, le32(name.length), name, le32(vote), le32(entries.length)];
  return hex(sha256(join(...head, ...sorted.flatMap((e) => [e.serial, e.token, e.ballot]))));
};

/** Throws unless these are exactly the ballots whose hash was journalled, each serial once. */
export const checkBox = (box: BoxOf, entries: Entry[], shape: Shape): void => {
  const size = ballotBytes(shape);
  for (const { serial, token, ballot } of entries)
    if (serial.length !== SERIAL_BYTES || token.length !== TOKEN_BYTES || ballot.length !== size)
      throw new BoxError('bad_size');
  if (new Set(entries.map((e) => hex(e.serial))).size !== entries.length) throw new BoxError('bad_box');
  if (boxHash(box.council, box.vote, entries) !== box.hash) throw new BoxError('bad_box');
};

export interface Product {
  P: Point;
  Q: Point;
}

const nothing = (shape: Shape): Product[] =>
  Array.from({ length: shape.subjects * shape.options }, () => ({ P: Point.ZERO, Q: Point.ZERO }));

const multiply = (products: Product[], ballot: Bytes, shape: Shape): void => {
  const reader = new Reader(ballot);
  products.forEach((product, m) => {
    product.P = product.P.add(reader.point());
    product.Q = product.Q.add(reader.point());
    reader.take(2 * 64);
    if ((m + 1) % shape.options === 0) reader.take((shape.max - shape.min + 1) * 64);
  });
  reader.end();
};

/** All ballots multiplied, for every (subject, option) in order. */
export const productsOf = (entries: Entry[], shape: Shape): Product[] => {
  const products = nothing(shape);
  entries.forEach((entry) => multiply(products, entry.ballot, shape));
  return products;
};

/** The same, with `progress` awaited after each ballot. */
export const productsGently = async (entries: Entry[], shape: Shape, progress: Progress): Promise<Product[]> => {
  const products = nothing(shape);
  for (const [at, entry] of entries.entries()) {
    multiply(products, entry.ballot, shape);
    await progress(at + 1, entries.length);
  }
  return products;
};

export const openingContext = ({ council, vote, hash }: BoxOf): Bytes =>
  H('opening', bytesOf(council), le32(vote), bytesOf(hash));

export const weightsOf = (octx: Bytes, V: Bytes, products: Product[], D: Point[]): Scalar[] => {
  const pairs = products.flatMap(({ P }, m) => [P.toBytes(), (D[m] as Point).toBytes()]);
  const wctx = H('weights', octx, V, ...pairs);
  return products.map((_, m) => Hs('weight', wctx, le32(m)));
};

export const combine = (weights: Scalar[], points: Point[]): Point =>
  sum(points.map((point, m) => mulPublic(point, weights[m] as Scalar)));

/** A member's part: the products to the power of the own key, with one proof for all. */
export const openingOf = (
  box: BoxOf, products: Product[], x: Scalar, source: Random = random,
): Bytes => {
  // A sum of nothing: raised to the key it would say nothing, and the server refuses it.
  if (products.some(({ P }) => P.is0())) throw new BoxError('empty_box');
  const octx = openingContext(box);
  const V = mul(B, x).toBytes();
  const D = products.map(({ P }) => mul(P, x));
  const weights = weightsOf(octx, V, products, D);
  const PP = combine(weights, products.map(({ P }) => P));
  const DD = combine(weights, D);
  const w = randomScalar(source);
  const c = Hs('equal', octx, V, ...[PP, DD, mul(B, w), mul(PP, w)].map((p) => p.toBytes()));
  return join(...D.map((p) => p.toBytes()), scalarBytes(c), scalarBytes(mod(w + c * x)));
};
