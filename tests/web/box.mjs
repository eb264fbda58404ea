// The pages' own ballot box cryptography in Node, for voters without a page.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { repo } from './server.mjs';

const require = createRequire(join(repo, 'web/package.json'));
const { build } = createRequire(require.resolve('vite/package.json'))('esbuild');

/** The module web/src/box/all.ts. */
export const loadBox = async () => {
  const { outputFiles } = await build({
    entryPoints: [join(repo, 'web/src/box/all.ts')], bundle: true, write: false, format: 'esm', platform: 'node',
  });
  globalThis.crypto ??= (await import('node:crypto')).webcrypto; // Node 18
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`);
};

/** Casts a secret ballot as a page does: a paper by name, the ballot without one. */
export class Voter {
  constructor(box, server, client) {
    Object.assign(this, { box, server, client });
  }

  async claim(vote) {
    const { box } = this;
    const paper = box.newPaper();
    const { evaluated, proof } = await this.client.call('vote.claim', { vote: vote.vote, paper: box.toText(paper.paper) });
    const key = box.fromText(vote.paper_key);
    return { ...paper, token: box.finalise(paper, key, box.fromText(evaluated), box.fromText(proof)) };
  }

  /** `choice`: for each subject the places of the chosen options. */
  async cast(state, vote, choice) {
    const { box } = this;
    const council = state.council.id;
    const { committee } = state;
    const joins = committee.members.map((m) => box.fromText(m.join));
    const ceremony = { council, round: committee.round, needed: committee.needed, joins };
    const key = box.boxKey(ceremony, committee.members.map((m) => box.fromText(m.deal)));
    const shape = {
      subjects: Math.max(1, vote.ballot.subjects.length), options: vote.ballot.options.length,
      min: vote.ballot.select?.min ?? 1, max: vote.ballot.select?.max ?? 1,
    };
    const { serial, token } = await this.claim(vote);
    const ballot = box.seal({ council, vote: vote.vote, key, serial, shape }, choice);
    return this.drop(council, { vote: vote.vote, serial: box.toText(serial), token: box.toText(token), ballot: box.toText(ballot) });
  }

  async drop(council, body) {
    const answer = await fetch(`${this.server.url}/box/${council}`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  }
}
