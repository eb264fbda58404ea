// Replayed events must give what a fresh snapshot gives. The fixture was recorded from the real server
// (tests/web/record.mjs): a sitting that makes every kind of event, seen by a delegate.

import { describe, expect, it } from 'vitest';
import type { KhEvent, Snapshot, Vote, Waiting } from '../src/api/types';
import { reduce, reducers } from '../src/state/reducer';
import recorded from './fixtures/sitting.json';

type Point = { seq: number; state: Snapshot; name?: string };
const story = recorded as unknown as {
  you: string;
  procedure: Snapshot['procedure'];
  council: Snapshot['council'];
  start: Point;
  steps: (Point & { name: string })[];
  events: KhEvent[];
};

/** Leaves out what only a snapshot can tell: see the comments. */
const comparable = (state: Snapshot): unknown => ({
  ...state,
  now: undefined,
  procedure: undefined,
  council: undefined,
  ice_servers: undefined,
  suspended_at: undefined,
  votes: state.votes.map((vote: Vote) => ({
    ...vote,
    // Names of a public vote come out with its close, which the event does not carry.
    names: vote.state === 'open' ? vote.names : undefined,
    // Who could have voted is judged anew once a vote is over; the result keeps the right figure.
    eligible: vote.state === 'open' ? vote.eligible : undefined,
    may_vote: vote.state === 'open' ? vote.may_vote : undefined,
    in_office: undefined,
    // Numbers by hand are for chair and secretaries until the close, which does not carry them.
    tally: undefined,
    // The first count is kept by the page that saw it; the server keeps it in the journal.
    earlier: undefined,
  })),
  floor: {
    ...state.floor,
    queue: state.floor.queue.map((w: Waiting) => ({ ...w, order: undefined })),
    // A set: the server keeps speeches by free place, the page by the time of the grant.
    speeches: [...state.floor.speeches].sort((a, b) => a.request - b.request),
  },
});

const replay = (from: Snapshot, after: number, upTo: number): Snapshot =>
  story.events
    .filter((e) => e.seq > after && e.seq <= upTo)
    .reduce((state, event) => reduce(state, event, story.you), from);

const secret = ['committee.formed', 'committee.joined', 'committee.dealt', 'committee.confirmed', 'committee.complained',
  'vote.papered', 'vote.issued', 'vote.sealed', 'vote.boxed', 'vote.unsealed'];

describe('a recorded sitting', () => {
  for (const [i, step] of story.steps.entries()) {
    it(`from its beginning to "${step.name}"`, () => {
      const state = replay(story.start.state, story.start.seq, step.seq);
      expect(comparable(state)).toEqual(comparable(step.state));
    });
    it(`"${step.name}" from the snapshot before it`, () => {
      const before = i === 0 ? story.start : (story.steps[i - 1] as Point);
      const state = replay(before.state, before.seq, step.seq);
      expect(comparable(state)).toEqual(comparable(step.state));
    });
  }

  it('leaves out nothing but running turnouts', () => {
    for (const [i, event] of story.events.entries()) {
      const before = story.events[i - 1];
      if (before && event.seq !== before.seq + 1) expect([before.type, event.type]).toContain('vote.cast');
    }
  });

  it('makes every kind of event that changes a page, but those that this story cannot', () => {
    const seen = new Set(story.events.map((e) => e.type));
    // Roster and agenda are read before anybody connects; time does not run out in a short story.
    const cannot = ['person.enrolled', 'agenda.added', 'floor.expired', 'ask.opened', 'ask.answered',
      'presence.lost', 'presence.back', // nobody's network breaks
      'vote.decided', // needs a rule of tie that leaves it to the chair
      'vote.ended', // needs a vote that may be changed until it is announced
      ...secret]; // needs a committee's pages
    expect(Object.keys(reducers).filter((type) => !seen.has(type) && !cannot.includes(type))).toEqual([]);
  });
});

const base = (): Snapshot => structuredClone(
  (story.steps.find((s) => s.state.floor.speeches.length > 0) as Point).state,
);
const event = (type: string, fields: Record<string, unknown>): KhEvent => ({
  seq: 1, time: '2026-07-18T01:00:00.000Z', type, ...fields,
});

describe('what the story cannot do', () => {
  it('takes a question and its answer', () => {
    const ask_text = { code: 'time_over', text: { vi: 'Hết giờ', en: 'Over' }, options: [], roles: ['chair'] };
    const asked = reduce(base(), event('ask.opened', { ask: 7, ask_text, ends_at: null }), 'd2');
    expect(asked.asks).toEqual([{ ask: 7, ask_text, ends_at: null }]);
    expect(reduce(asked, event('ask.answered', { ask: 7, answer: 'cut' }), 'd2').asks).toEqual([]);
  });

  it('drops the questions about a speech with the speech', () => {
    const state = base();
    const { request, person } = state.floor.speeches[0]!;
    const ask_text = { code: 'x', text: { vi: '', en: '' }, options: [], roles: [] };
    const asked = reduce(state, event('ask.opened', { ask: 1, request, ask_text, ends_at: null }), 'd2');
    expect(reduce(asked, event('floor.released', { request, person, spent_ms: 1 }), 'd2').asks).toEqual([]);
  });

  it('keeps a vote open until its result is announced, and its date when it is put off', () => {
    const state = base();
    state.votes = [{ vote: 9, state: 'open', ends_at: '2026-07-18T01:01:00.000Z' } as Snapshot['votes'][number]];
    const ended = reduce(state, event('vote.ended', { vote: 9, by: 'ct' }), 'd2').votes[0];
    expect([ended?.state, ended?.ended_at, ended?.ends_at]).toEqual(['open', '2026-07-18T01:00:00.000Z', null]);
    const due = '2026-07-20T01:00:00.000Z';
    const put = reduce(state, event('vote.deferred', { vote: 9, ends_at: due }), 'd2').votes[0];
    expect([put?.state, put?.due_at]).toEqual(['deferred', due]);
  });

  it('knows who is lost and who is back', () => {
    const find = (state: Snapshot) => state.persons.find((p) => p.id === 'd2');
    const lost = reduce(base(), event('presence.lost', { person: 'd2' }), 'd3');
    expect(find(lost)?.lost).toBe(true);
    expect(reduce(lost, event('presence.back', { person: 'd2' }), 'd3')).toEqual(base());
    expect(find(reduce(lost, event('sitting.closed', { number: 1 }), 'd3'))?.lost).toBeUndefined();
  });

  it('marks a speech as over time', () => {
    const state = base();
    const { request, person } = state.floor.speeches[0]!;
    const over = reduce(state, event('floor.expired', { request, person, expiry: 'warn' }), 'd2');
    expect(over.floor.speeches[0]?.expired).toBe(true);
  });

  it('takes a person and an item that come later', () => {
    const profile = { id: 'z9', name: 'Người mới', roles: ['guest'], in_office: false, can_vote: false };
    const state = reduce(base(), event('person.enrolled', { person: 'z9', profile }), 'd2');
    expect(state.persons.at(-1)).toMatchObject({ id: 'z9', presence: 'absent', mic: 'off' });
    const agenda_item = { id: 'bo-sung', title: { vi: 'Bổ sung', en: 'Added' }, kind: 'debate' };
    expect(reduce(state, event('agenda.added', { item: 'bo-sung', agenda_item }), 'd2').agenda.at(-1))
      .toMatchObject({ id: 'bo-sung', state: 'waiting' });
  });

  const muted = (state: Snapshot, fields: Record<string, unknown>): Snapshot =>
    reduce(state, event('mic.changed', { mic: 'muted', ...fields }), 'd2');

  it('keeps an earlier mute when another comes, until the microphone is live again', () => {
    const { person } = base().floor.speeches[0]!;
    const byChair = muted(base(), { person, by: 'd1' });
    expect(byChair.floor.speeches[0]).toMatchObject({ mic: 'muted', muted_by_chair: true, muted_by_clock: false });
    const bySelf = muted(byChair, { person, by: person });
    expect(bySelf.floor.speeches[0]).toMatchObject({ muted_by_chair: true, muted_by_clock: false });
    const byClock = muted(bySelf, { person });
    expect(byClock.floor.speeches[0]).toMatchObject({ muted_by_chair: true, muted_by_clock: true });
    const live = reduce(byClock, event('mic.changed', { person, mic: 'live', by: 'd1' }), 'd2');
    expect(live.floor.speeches[0]).toMatchObject({ mic: 'live', muted_by_chair: false, muted_by_clock: false });
  });

  it('a person who mutes themselves is not muted by the chair', () => {
    const { person } = base().floor.speeches[0]!;
    expect(muted(base(), { person, by: person }).floor.speeches[0])
      .toMatchObject({ mic: 'muted', muted_by_chair: false, muted_by_clock: false });
  });

  const waiting = (request: number, rank = 0, priority = 0): Waiting => ({
    request, rank, priority, person: `p${request}`, kind: 'k', lane: 'l', state: 'accepted', limit_ms: 0, note: '',
    asked_at: '2026-07-18T01:00:00.000Z', supporters: 0,
  });
  const queued = (...queue: Waiting[]): Snapshot => ({ ...base(), floor: { ...base().floor, queue } });
  const order = (state: Snapshot): number[] => state.floor.queue.map((w) => w.request);

  it('moves behind all: the last one lends rank and priority', () => {
    const state = queued(waiting(1, 60), waiting(2), waiting(3, 0, 1));
    const moved = reduce(state, event('floor.moved', { request: 1 }), 'd2');
    expect(order(moved)).toEqual([2, 3, 1]);
    expect(moved.floor.queue[2]).toMatchObject({ rank: 0, priority: 1 });
  });

  it('keeps those that wait for consent last, and who asks later behind the moved ones', () => {
    const state = queued(waiting(1), waiting(2), waiting(3), { ...waiting(9), state: 'pending' });
    const moved = reduce(state, event('floor.moved', { request: 1 }), 'd2');
    expect(order(moved)).toEqual([2, 3, 1, 9]);
    const later = reduce(moved, event('floor.requested',
      { request: 10, person: 'd5', kind: 'k', lane: 'l', state: 'accepted', rank: 0, priority: 0 }), 'd2');
    expect(order(later)).toEqual([2, 3, 1, 10, 9]);
    expect(order(reduce(moved, event('floor.accepted', { request: 9 }), 'd2'))).toEqual([2, 3, 1, 9]);
  });

  it('moves nobody before one who waits for consent', () => {
    const state = queued(waiting(1), waiting(2), { ...waiting(9), state: 'pending' });
    expect(reduce(state, event('floor.moved', { request: 1, before: 9 }), 'd2')).toEqual(state);
  });

  const recess = (): Snapshot => {
    const ask_text = { code: 'x', text: { vi: '', en: '' }, options: [], roles: [] };
    const asked = reduce(base(), event('ask.opened', { ask: 1, ask_text, ends_at: '2026-07-18T01:00:20.000Z' }), 'd2');
    return reduce(asked, event('sitting.suspended', {}), 'd2');
  };

  it('deadlines stand still during a recess', () => {
    const on = reduce(recess(), event('sitting.resumed', { time: '2026-07-18T01:10:00.000Z' }), 'd2');
    expect(on.asks[0]?.ends_at).toBe('2026-07-18T01:10:20.000Z');
    expect(on).toMatchObject({ phase: 'sitting', suspended_at: undefined });
  });

  it('a second recess moves them by its own length only', () => {
    let state = reduce(recess(), event('sitting.resumed', { time: '2026-07-18T01:10:00.000Z' }), 'd2');
    state = reduce(state, event('sitting.suspended', { time: '2026-07-18T01:10:10.000Z' }), 'd2');
    state = reduce(state, event('sitting.resumed', { time: '2026-07-18T01:10:15.000Z' }), 'd2');
    expect(state.asks[0]?.ends_at).toBe('2026-07-18T01:10:25.000Z');
  });

  const ballotOf = (more: object): object => ({
    type: 'x', name: { vi: '', en: '' }, options: [], subjects: [], eligible: 'checked_in', secrecy: 'named_after',
    running: 'turnout', change: 'until_close', form: 'electronic', rules: [], ...more,
  });
  const opened = (state: Snapshot, more: object): Snapshot =>
    reduce(state, event('vote.opened', { vote: 77, question: '?', ballot: ballotOf(more) }), 'd2');
  const of77 = (state: Snapshot): Vote => state.votes.find((v) => v.vote === 77)!;
  const absent = (state: Snapshot, person: string): Snapshot =>
    reduce(state, event('attendance.checked_out', { person }), 'd2');

  it('a proxy lets one who is away vote while its holder is here, where the ballot takes proxies', () => {
    const away = absent(base(), 'd3');
    const given = reduce(away, event('proxy.given', { person: 'd3', target: 'd4' }), 'd2');
    const here = of77(opened(given, {})).eligible;
    expect(of77(opened(given, { proxies: true })).eligible).toBe(here + 1);
    const held = opened(given, { proxies: true });
    expect(of77(absent(held, 'd4')).eligible).toBe(here - 1); // the holder and the giver
    expect(of77(reduce(held, event('proxy.ended', { person: 'd3' }), 'd2')).eligible).toBe(here);
  });

  it('weights count where the ballot says so', () => {
    const heavy = { ...base(), persons: base().persons.map((p) => (p.id === 'd3' ? { ...p, weight: 5 } : p)) };
    expect(of77(opened(heavy, { weighted: true })).eligible).toBe(of77(opened(heavy, {})).eligible + 4);
  });

  it('a vote opened again keeps what was counted before', () => {
    const result = { outcome: 'tied', counts: [] };
    const closed = reduce(opened(base(), {}), event('vote.closed', { vote: 77, result }), 'd2');
    const again = of77(reduce(closed, event('vote.reopened', { vote: 77, form: 'hands' }), 'd2'));
    expect(again).toMatchObject({ state: 'open', times_opened: 2, earlier: [{ form: 'electronic', result }] });
    expect(again.result).toBeUndefined();
    expect(again.ballot.form).toBe('hands');
  });

  it('leaves the state alone for a type it does not know', () => {
    const state = base();
    expect(reduce(state, event('future.thing', { person: 'd2' }), 'd2')).toBe(state);
  });

  it('leaves the state alone for somebody it does not know', () => {
    const state = base();
    for (const type of ['attendance.checked_in', 'mic.changed', 'floor.withdrawn', 'floor.moved', 'vote.cast', 'vote.closed'])
      expect(reduce(state, event(type, { person: 'nobody', request: 99999, vote: 99999 }), 'd2')).toEqual(state);
  });

  it('never changes the state it was given', () => {
    const frozen = (value: unknown): void => {
      if (value === null || typeof value !== 'object') return;
      Object.freeze(value);
      Object.values(value).forEach(frozen);
    };
    frozen(story.start.state);
    expect(() => replay(story.start.state, story.start.seq, Number.MAX_SAFE_INTEGER)).not.toThrow();
  });
});
