// What the events of secret votes do to the page's state, and what the pages derive from it.

import { describe, expect, it } from 'vitest';
import type { KhEvent, Snapshot } from '../src/api/types';
import { reduce } from '../src/state/reducer';
import recorded from './fixtures/sitting.json';

const start = (recorded as unknown as { start: { state: Snapshot } }).start.state;
const ballot = {
  type: 'vote', name: { vi: '', en: '' }, options: [{ id: 'yes', vi: 'Tán thành', en: 'For', as: 'for' }], subjects: [],
  secrecy: 'secret', running: 'turnout', change: 'never', form: 'electronic', rules: [], eligible: 'all',
};
let seq = 1_000;
const after = (state: Snapshot, ...events: [string, Record<string, unknown>][]): Snapshot =>
  events.reduce((s, [type, fields]) => {
    const event: KhEvent = { seq: seq++, time: '2026-07-18T01:00:00.000Z', type, ...fields };
    return reduce(s, event, 'd2');
  }, state);

describe('the committee', () => {
  const formed = after(start, ['committee.formed', { number: 4, members: ['d2', 'd3'], needed: 2 }]);

  it('is formed, joins, deals and confirms', () => {
    expect(formed.committee).toEqual({
      round: 4, needed: 2, void: false, ready: false, members: [{ person: 'd2', stage: 'asked' }, { person: 'd3', stage: 'asked' }],
    });
    const done = after(
      formed,
      ['committee.joined', { person: 'd3', join: 'EEE' }],
      ['committee.dealt', { person: 'd3', deal: 'DDD' }],
      ['committee.confirmed', { person: 'd3' }],
    );
    expect(done.committee?.members).toEqual([
      { person: 'd2', stage: 'asked' },
      { person: 'd3', stage: 'confirmed', join: 'EEE', deal: 'DDD' },
    ]);
    expect(done.committee?.ready).toBe(false);
    const all = after(done, ['committee.joined', { person: 'd2' }], ['committee.dealt', { person: 'd2' }], ['committee.confirmed', { person: 'd2' }]);
    expect(all.committee?.ready).toBe(true);
  });

  it('is void after a complaint, until it is formed anew', () => {
    const complained = after(formed, ['committee.complained', { person: 'd2', target: 'd3', note: '' }]);
    expect(complained.committee).toMatchObject({ void: true, ready: false });
    const again = after(complained, ['committee.formed', { number: 5, members: ['d2'], needed: 1 }]);
    expect(again.committee).toEqual({
      round: 5, needed: 1, void: false, ready: false, members: [{ person: 'd2', stage: 'asked' }],
    });
  });

  it('stays as it is when strangers or nobody do something', () => {
    expect(after(formed, ['committee.joined', { person: 'd9', join: 'EEE' }]).committee).toEqual(formed.committee);
    expect(after(start, ['committee.joined', { person: 'd2' }], ['committee.complained', {}])).toEqual(start);
  });
});

describe('a secret vote', () => {
  const opened = after(
    start,
    ['vote.opened', { vote: 900, question: 'Bầu', ballot }],
    ['vote.papered', { vote: 900, paper_key: 'KKK' }],
  );
  const vote = (state: Snapshot) => state.votes.find((v) => v.vote === 900);

  it('counts the papers and knows my own', () => {
    const issued = after(
      opened,
      // Papers of others come without their names, and not every one of them.
      ['vote.issued', { vote: 900, issued: 3 }],
      ['vote.issued', { vote: 900, person: 'd2', paper: 'P2', issued: 4 }],
    );
    expect(vote(opened)).toMatchObject({ state: 'open', paper_key: 'KKK', issued: 0 });
    expect(vote(opened)?.turnout).toBeUndefined();
    expect(vote(issued)).toMatchObject({ issued: 4, your_paper: 'P2' });
  });

  it('is sealed, boxed and opened by one member after the other, each counted once', () => {
    const boxed = after(opened, ['vote.sealed', { vote: 900 }], ['vote.boxed', { vote: 900, number: 2, hash: 'ab', paper_secret: 'k' }]);
    expect(vote(boxed)).toMatchObject({ state: 'sealed', number: 2, hash: 'ab', paper_secret: 'k', unsealed: [] });
    const unsealed = after(
      boxed,
      ['vote.unsealed', { vote: 900, person: 'd3' }],
      ['vote.unsealed', { vote: 900, person: 'd2' }],
      ['vote.unsealed', { vote: 900, person: 'd3' }],
    );
    expect(vote(unsealed)?.unsealed).toEqual(['d2', 'd3']);
    const closed = after(unsealed, ['vote.closed', { vote: 900, result: { outcome: 'passed', counts: [] } }]);
    expect(vote(closed)).toMatchObject({ state: 'closed', number: 2 });
  });

  it('has new papers when it is held again', () => {
    const again = after(
      opened,
      ['vote.issued', { vote: 900, person: 'd2', paper: 'P2' }],
      ['vote.sealed', { vote: 900 }],
      ['vote.boxed', { vote: 900, number: 1, hash: 'ab', paper_secret: 'k' }],
      ['vote.reopened', { vote: 900, form: 'electronic' }],
      ['vote.papered', { vote: 900, paper_key: 'K2' }],
    );
    expect(vote(again)).toMatchObject({ state: 'open', paper_key: 'K2', issued: 0 });
    for (const gone of ['your_paper', 'number', 'hash', 'paper_secret', 'unsealed'] as const)
      expect(vote(again)?.[gone], gone).toBeUndefined();
  });

  it('changes nothing for a vote that is not known', () => {
    for (const type of ['vote.papered', 'vote.issued', 'vote.sealed', 'vote.boxed', 'vote.unsealed'])
      expect(after(start, [type, { vote: 901, person: 'd2' }])).toEqual(start);
  });
});
