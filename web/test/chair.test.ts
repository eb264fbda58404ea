// Moving who waits, and which keys are the page's own.

import { describe, expect, it } from 'vitest';
import type { KhEvent, Snapshot, Waiting } from '../src/api/types';
import { asBefore, drop, step, type Move } from '../src/pages/chair/order';
import { reduce } from '../src/state/reducer';
import { isOurs, isTyping, keyName } from '../src/ui/hotkeys';
import recorded from './fixtures/sitting.json';

const start = (recorded as unknown as { start: { state: Snapshot } }).start.state;

const waiting = (request: number, rank = 0, priority = 0, state = 'accepted'): Waiting => ({
  request, rank, priority, person: `p${request}`, kind: 'k', lane: 'l', state: state as Waiting['state'], limit_ms: 0,
  note: '', asked_at: '2026-07-18T01:00:00.000Z', supporters: 0,
});

/** What the server and so every page does with it. */
const after = (queue: Waiting[], moves: Move[]): Waiting[] =>
  moves.reduce<Snapshot>(
    (state, one) =>
      reduce(state, { seq: 1, time: '2026-07-18T01:00:00.000Z', type: 'floor.moved', ...one } as KhEvent, 'p1'),
    { ...start, floor: { ...start.floor, queue } },
  ).floor.queue;

const order = (queue: Waiting[]): string => queue.map((w) => w.request).join(' ');
const ranks = (queue: Waiting[]): string => queue.map((w) => `${w.request}:${w.rank}/${w.priority}`).join(' ');

// Two points of order, three speeches of which one has priority, one that waits for consent.
const QUEUE = [waiting(4, 60), waiting(5, 60), waiting(3, 0, 1), waiting(1), waiting(2), waiting(6, 0, 0, 'pending')];

describe('moving by one place', () => {
  it.each([
    [5, -1, '5 4 3 1 2 6'], [4, 1, '5 4 3 1 2 6'], [1, 1, '4 5 3 2 1 6'], [2, -1, '4 5 3 2 1 6'],
    [3, -1, '4 3 5 1 2 6'], [5, 1, '4 3 5 1 2 6'],
  ] as const)('%i by %i gives %s', (request, by, wanted) => {
    expect(order(after(QUEUE, [step(QUEUE, request, by)!]))).toBe(wanted);
  });

  it('stops at both ends and before those that wait for consent', () => {
    expect(step(QUEUE, 4, -1)).toBeNull();
    expect(step(QUEUE, 2, 1)).toBeNull();
    expect(step(QUEUE, 6, -1)).toBeNull();
    expect(step(QUEUE, 99, 1)).toBeNull();
  });

  it('past an equal leaves rank and priority alone', () => {
    for (const [request, by] of [[4, 1], [5, -1], [1, 1], [2, -1]] as const) {
      const moved = after(QUEUE, [step(QUEUE, request, by)!]);
      expect(ranks(moved).split(' ').sort()).toEqual(ranks(QUEUE).split(' ').sort());
    }
  });

  it('nobody is dropped on themselves or among those that wait for consent', () => {
    expect(drop(QUEUE, 1, 1)).toBeNull();
    expect(drop(QUEUE, 1, 6)).toBeNull();
    expect(order(after(QUEUE, [drop(QUEUE, 2, 4)!]))).toBe('2 4 5 3 1 6');
  });
});

describe('undoing a move', () => {
  const all = QUEUE.filter((w) => w.state === 'accepted').map((w) => w.request);
  const moves = all.flatMap((request) => [
    { request },
    ...all.filter((other) => other !== request).map((before) => ({ request, before })),
  ]);

  it.each(moves.map((one) => [`${one.request} before ${'before' in one ? one.before : 'nobody'}`, one] as const))(
    'of %s gives the same order, ranks and priorities, or is not offered', (_name, one) => {
      const back = asBefore(QUEUE, one.request);
      if (back) expect(ranks(after(after(QUEUE, [one]), back))).toBe(ranks(QUEUE));
      // Only the one with a priority of its own has no equal.
      else expect(one.request).toBe(3);
    },
  );
});

const key = (name: string, code: string, more = {}): Parameters<typeof isOurs>[0] & { key: string; code: string } => ({
  key: name, code, altKey: false, shiftKey: false, ctrlKey: false, metaKey: false, repeat: false, isComposing: false, ...more,
});

describe('keys', () => {
  it('are named by their place, so that a Vietnamese layout changes nothing', () => {
    expect(keyName(key('n', 'KeyN'))).toBe('N');
    expect(keyName(key('đ', 'KeyD'))).toBe('D');
    expect(keyName(key('M', 'KeyM', { shiftKey: true }))).toBe('Shift+M');
    expect(keyName(key('?', 'Slash', { shiftKey: true }))).toBe('?');
    expect(keyName(key('ArrowUp', 'ArrowUp', { altKey: true }))).toBe('Alt+ArrowUp');
  });

  it.each([
    ['Ctrl+D adds a bookmark', { ctrlKey: true }],
    ['Cmd+N opens a window', { metaKey: true }],
    ['a letter that an input method composes', { isComposing: true }],
    ['a key that is held down', { repeat: true }],
    ['AltGr+E types €', { getModifierState: (name: string) => name === 'AltGraph' }],
  ])('%s: not ours', (_name, more) => {
    expect(isOurs(key('d', 'KeyD', more))).toBe(false);
    expect(isOurs(key('d', 'KeyD'))).toBe(true);
  });

  it('Alt with a letter belongs to the browser’s menus', () => {
    expect(keyName(key('d', 'KeyD', { altKey: true }))).toBe('Alt+D');
  });

  it.each([
    [{ tagName: 'INPUT', type: 'text' }, true], [{ tagName: 'INPUT', type: 'search' }, true],
    [{ tagName: 'INPUT' }, true], [{ tagName: 'INPUT', type: 'number' }, true],
    [{ tagName: 'TEXTAREA' }, true], [{ tagName: 'SELECT' }, true], [{ tagName: 'P', isContentEditable: true }, true],
    [{ tagName: 'INPUT', type: 'radio' }, false], [{ tagName: 'BUTTON' }, false], [null, false],
  ])('typing in %o: %s', (target, typing) => expect(isTyping(target)).toBe(typing));
});
