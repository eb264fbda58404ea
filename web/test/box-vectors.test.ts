// Values that the server's own tests read, so that both sides agree byte for byte. The file is written
// anew with `npx vitest run box-vectors -u`; a change of it is a change of the format.

import { describe, expect, it } from 'vitest';
import { codeOf } from '../src/box/code';
import { bytesOf, H, hex, Hs, scalarBytes, toText, type Bytes } from '../src/box/group';
import { COUNCIL, holdCeremony, holdVote, type Voted } from './box-story';

const council = holdCeremony('vectors', 5, 3);

const hashes = [
  { label: '', fields: [] },
  { label: 'label', fields: [bytesOf('')] },
  { label: 'label', fields: [bytesOf('a'), bytesOf('bc')] },
  { label: 'label', fields: [bytesOf('ab'), bytesOf('c')] },
] as { label: string; fields: Bytes[] }[];

const written = ({ shape, cast, openings, ...vote }: Voted) => ({
  vote: vote.vote,
  opened_ms: vote.opened_ms,
  box_secret: toText(vote.boxSecret),
  paper_key: toText(vote.paperKey),
  paper_secret: toText(scalarBytes(vote.paperSecret)),
  subjects: shape.subjects,
  options: shape.options,
  select: { min: shape.min, max: shape.max },
  papers: cast.map((c) => ({
    serial: toText(c.serial),
    blind: toText(c.blind),
    paper: toText(c.paper),
    evaluated: toText(c.evaluated),
    proof: toText(c.proof),
    proof_random: toText(c.proofRandom),
    token: toText(c.token),
    ballot: toText(c.ballot),
    choice: c.choice,
  })),
  number: cast.length,
  hash: vote.box.hash,
  openings: openings.map((opening, at) => ({ member: at + 1, opening: toText(opening) })),
  counts: vote.counts,
});

describe('the vectors for the server', () => {
  it('are what the pages compute', async () => {
    const { ceremony } = council;
    const vectors = {
      about: 'Made by web/test/box-vectors.test.ts; bytes are base64url. Members are numbered from 1, options from 0.',
      council: COUNCIL,
      hashes: hashes.map(({ label, fields }) => ({
        label, fields: fields.map(toText), hash: hex(H(label, ...fields)), scalar: hex(scalarBytes(Hs(label, ...fields))),
      })),
      ceremony: {
        round: ceremony.round,
        needed: ceremony.needed,
        key: toText(council.key.toBytes()),
        members: council.seeds.map((seed, at) => ({
          seed: toText(seed),
          code: codeOf(seed),
          join: toText(ceremony.joins[at]!),
          deal: toText(council.deals[at]!),
          share: toText(scalarBytes(council.own[at]!)),
          key: toText(council.keys[at]!.toBytes()),
        })),
      },
      votes: [
        written(holdVote(council, 1, { subjects: 1, options: 3, min: 1, max: 1 }, [[[0]], [[2]], [[0]]])),
        written(holdVote(council, 2, { subjects: 4, options: 3, min: 1, max: 1 }, [[[0], [1], [2], [0]]])),
        written(holdVote(council, 3, { subjects: 2, options: 3, min: 0, max: 2 }, [[[], [0, 2]], [[1], [1, 2]]])),
      ],
    };
    await expect(`${JSON.stringify(vectors, null, 1)}\n`).toMatchFileSnapshot('../../tests/box/vectors.json');
  }, 60_000); // computing on a busy machine
});
