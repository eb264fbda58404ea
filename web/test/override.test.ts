// The chair above the procedure: which refusals may be set aside, how the call is repeated, what the
// record says of it; and who may win a tie.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RPC, RpcError } from '../src/api/link';
import type { KhEvent, Reason, Snapshot, Vote } from '../src/api/types';
import { goingAhead, mayGoAhead } from '../src/state/override';
import { casting } from '../src/state/tie';
import recorded from './fixtures/sitting.json';

const refusal = (data?: Partial<Reason>, code: number = RPC.refused) =>
  new RpcError(code, 'refused', data && { code: 'max_two', reason: { vi: 'Đủ hai lần.', en: 'Twice.' }, ...data });
const GRANT = { method: 'floor.grant', params: { request: 7 } };
const BY_RULE = refusal({ rule: '102/2015/QH13 Art. 16(2)(d)' });

describe('going ahead anyway', () => {
  it.each([
    'sitting.open', 'sitting.resume', 'sitting.close', 'agenda.start', 'floor.grant', 'floor.next', 'floor.extend',
    'vote.open', 'vote.reopen',
  ])('is offered to the chair for %s', (method) => {
    expect(mayGoAhead(true, { method, params: {} }, BY_RULE)).toBe(true);
    expect(mayGoAhead(false, { method, params: {} }, BY_RULE)).toBe(false);
  });

  it.each([
    'vote.close', 'vote.announce', 'vote.tally', 'vote.decide', 'vote.cast', 'lot.draw', 'floor.request', 'proxy.give',
  ])('is never offered for %s', (method) => {
    expect(mayGoAhead(true, { method, params: {} }, BY_RULE)).toBe(false);
  });

  it('takes the rules of every council, and rules without a number', () => {
    for (const rule of ['GO-BT § 27(2)', 'GA rule 95', 'standing orders', 'kyhop core/box', '', undefined])
      expect(mayGoAhead(true, GRANT, refusal({ rule })), String(rule)).toBe(true);
  });

  it('is not offered for what the core itself refuses', () => {
    const table = readFileSync(join(__dirname, '../../core/session/refusal.h'), 'utf8');
    const own = [...table.matchAll(/"((?:kyhop|RFC)[^"]*)"\)/g)].map((m) => m[1]);
    expect(own.length).toBeGreaterThan(50);
    for (const rule of own) expect(mayGoAhead(true, GRANT, refusal({ rule })), rule).toBe(false);
  });

  it('is not offered for roles, phases, fields, a lost line, nor a second time', () => {
    for (const code of [RPC.not_permitted, RPC.wrong_state, RPC.params, RPC.not_found, RPC.unavailable])
      expect(mayGoAhead(true, GRANT, refusal({ rule: 'Art. 1' }, code))).toBe(false);
    expect(mayGoAhead(true, GRANT, refusal())).toBe(false);
    expect(mayGoAhead(true, GRANT, new Error('lost'))).toBe(false);
    expect(mayGoAhead(true, goingAhead(GRANT, 'gấp')!, BY_RULE)).toBe(false);
  });

  it('repeats the very same call, with a reason or not at all', () => {
    expect(goingAhead(GRANT, ' \t ')).toBeNull();
    expect(goingAhead(GRANT, ' gấp ')).toEqual({
      method: 'floor.grant', params: { request: 7, override: true, note: 'gấp' },
    });
    expect(GRANT.params).toEqual({ request: 7 });
  });
});

describe('the page', () => {
  let store: typeof import('../src/state/store');
  let story: typeof import('../src/ui/story');

  beforeAll(async () => {
    vi.stubGlobal('location', { origin: 'http://council' });
    vi.stubGlobal('addEventListener', () => undefined);
    vi.stubGlobal('document', { addEventListener: () => undefined });
    store = await import('../src/state/store');
    story = await import('../src/ui/story');
  });
  beforeEach(() => {
    vi.stubGlobal('window', { setTimeout: () => 0 });
    store.toasts.value = [];
    store.link.you.value = { id: 'd1', name: '', role: 'chair', roles: ['chair'], council: '' };
    const { state } = (recorded as unknown as { start: { state: Snapshot } }).start;
    store.state.value = { ...state, procedure: { name: 'hai-phong' } };
  });
  afterEach(() => vi.restoreAllMocks());

  it('shows a procedure’s refusal with the call that may be repeated', async () => {
    vi.spyOn(store.link, 'call').mockRejectedValue(BY_RULE);
    expect(await store.ask(GRANT.method, GRANT.params)).toBeNull();
    expect(store.toasts.value).toMatchObject([
      { tone: 'warn', text: 'Đủ hai lần.', rule: '102/2015/QH13 Art. 16(2)(d)', anyway: GRANT },
    ]);
  });

  it('offers nothing after a refusal of the core, nor to others than the chair', async () => {
    const call = vi.spyOn(store.link, 'call').mockRejectedValue(refusal({ rule: 'kyhop.16' }));
    await store.ask(GRANT.method, GRANT.params);
    call.mockRejectedValue(BY_RULE);
    store.link.you.value = { id: 'd2', name: '', role: 'delegate', roles: ['delegate'], council: '' };
    await store.ask(GRANT.method, GRANT.params);
    expect(store.toasts.value.map((x) => x.anyway)).toEqual([undefined, undefined]);
  });

  it('tells in the record what was set aside, by whom and why', () => {
    const event: KhEvent = {
      seq: 1, time: '', type: 'floor.granted', actor: 'tuan', person: 'nga', kind: 'speech', note: 'việc gấp',
      override: true, reason: { code: 'max_two', vi: 'Đủ hai lần.', en: 'Twice.', rule: 'Art. 16' },
    };
    const words = story.sentence(event);
    for (const part of ['nga được mời', 'tuan vẫn cho tiến hành', '“Đủ hai lần.” Art. 16', 'lý do: việc gấp'])
      expect(words).toContain(part);
    expect(words?.split('việc gấp').length).toBe(2); // once
    const bare = story.sentence({ ...event, reason: { code: 'x', vi: 'Đủ.', en: 'Enough.' } });
    expect(bare).toContain('(“Đủ.”), lý do: việc gấp');
    expect(story.sentence({ ...event, override: undefined, reason: undefined })).not.toContain('vẫn cho');
  });
});

describe('the chair’s vote in a tie', () => {
  const option = (id: string, as = 'other') => ({ id, vi: id, en: id, as });
  const vote = (options: ReturnType<typeof option>[], counts: Record<string, number>, more = {}): Vote => ({
    vote: 1, state: 'closed', ballot: { options, subjects: [], tie: 'casting', ...more },
    result: { outcome: 'tied', counts: [{ named: {}, options: counts }] },
  } as unknown as Vote);
  const ids = (of: Vote) => casting(of).map((o) => o.id);
  const PEOPLE = [option('d1'), option('d2'), option('d3'), option('none', 'blank')];
  const YES_NO = [option('for', 'for'), option('against', 'against'), option('abstain', 'abstain')];

  it('is for one of those who are equal at the top, and for nobody else', () => {
    expect(ids(vote(PEOPLE, { d1: 4, d2: 3, d3: 4, none: 9 }))).toEqual(['d1', 'd3']);
    expect(ids(vote(PEOPLE, { d1: 4, d2: 3, d3: 4 }, { tie: 'preponderant' }))).toEqual(['d1', 'd3']);
  });

  it('is for or against, never an abstention', () => {
    expect(ids(vote(YES_NO, { for: 2, against: 2, abstain: 2 }))).toEqual(['for', 'against']);
  });

  it('is not there where nobody voted, the rule says otherwise, or it is decided', () => {
    expect(ids(vote(PEOPLE, { none: 3 }))).toEqual([]);
    for (const tie of ['lot', 'oldest', 'revote', 'reject', undefined])
      expect(ids(vote(PEOPLE, { d1: 4, d3: 4 }, { tie })), tie).toEqual([]);
    const tied = vote(PEOPLE, { d1: 4, d3: 4 });
    expect(ids({ ...tied, result: { ...tied.result!, outcome: 'passed' } })).toEqual([]);
    expect(ids({ ...tied, state: 'open' })).toEqual([]);
  });
});
