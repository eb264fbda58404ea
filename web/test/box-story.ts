// Whole secret votes with everything random taken from a seed: for the tests and for the vectors that
// the server's own tests read (tests/box/vectors.json).

import { B, bytesOf, Hs, join, le32, mul, randomScalar, scalarBytes, type Bytes, type Point, type Scalar } from '../src/box/group';
import { boxKey, dealOf, joinOf, newSeed, ownKey, verificationKey, type Ceremony } from '../src/box/committee';
import { boxHash, openingOf, productsOf, type BoxOf, type Entry } from '../src/box/opening';
import { finalise, newPaper, type Paper } from '../src/box/paper';
import { seal, type Envelope, type Shape } from '../src/box/sealed';
import { countOf, pairsOf, seeded, signPaper } from './box-side';

export const COUNCIL = 'hai-phong';

export interface Council {
  seeds: Bytes[];
  ceremony: Ceremony;
  deals: Bytes[];
  key: Point;
  /** x_j */
  own: Scalar[];
  /** V_j */
  keys: Point[];
}

export const holdCeremony = (name: string, members: number, needed: number, round = 3): Council => {
  const random = seeded(name);
  const seeds = Array.from({ length: members }, () => newSeed(random));
  const joins = seeds.map((seed, at) => joinOf(seed, COUNCIL, round, at + 1));
  const ceremony = { council: COUNCIL, round, needed, joins };
  const deals = seeds.map((seed, at) => dealOf(seed, ceremony, at + 1, random));
  const own = seeds.map((seed, at) => ownKey(seed, ceremony, deals, at + 1).x as Scalar);
  const keys = seeds.map((_, at) => verificationKey(ceremony, deals, at + 1));
  return { seeds, ceremony, deals, key: boxKey(ceremony, deals), own, keys };
};

export interface Cast extends Entry, Paper {
  choice: number[][];
  evaluated: Bytes;
  proof: Bytes;
  proofRandom: Bytes;
}

export interface Voted {
  vote: number;
  opened_ms: number;
  boxSecret: Bytes;
  /** k and K */
  paperSecret: Scalar;
  paperKey: Bytes;
  shape: Shape;
  cast: Cast[];
  box: BoxOf;
  openings: Bytes[];
  counts: number[][];
}

const le64 = (n: number): Bytes => join(le32(n % 2 ** 32), le32(Math.floor(n / 2 ** 32)));

export const holdVote = (council: Council, vote: number, shape: Shape, choices: number[][][]): Voted => {
  const random = seeded(`vote ${vote}`);
  const boxSecret = random(32);
  const opened_ms = 1_658_109_600_000 + vote;
  const paperSecret = Hs('paper', boxSecret, bytesOf(COUNCIL), le32(vote), le64(opened_ms));
  const paperKey = mul(B, paperSecret).toBytes();
  const cast = choices.map((choice): Cast => {
    const paper = newPaper(random);
    const proofRandom = randomScalar(random);
    const { evaluated, proof } = signPaper(paperSecret, paper.paper, proofRandom);
    const token = finalise(paper, paperKey, evaluated, proof);
    const envelope: Envelope = { council: COUNCIL, vote, key: council.key, serial: paper.serial, shape };
    const ballot = seal(envelope, choice, random);
    return { ...paper, evaluated, proof, proofRandom: scalarBytes(proofRandom), token, choice, ballot };
  });
  const box = { council: COUNCIL, vote, hash: boxHash(COUNCIL, vote, cast) };
  const openings = council.own.map((x) => openingOf(box, productsOf(cast, shape), x, random));
  const needed = new Map(openings.map((o, at) => [at + 1, o] as const).slice(-council.ceremony.needed));
  const counts = countOf(pairsOf(cast, shape), needed, shape, cast.length);
  return { vote, opened_ms, boxSecret, paperSecret, paperKey, shape, cast, box, openings, counts };
};

