// The link with a server of our own hand: what it says and hears, and how it comes back.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KhEvent, Snapshot } from '../src/api/types';
import type { Link as LinkClass, LinkHandlers } from '../src/api/link';

interface Request {
  id: number;
  method: string;
  params: Record<string, unknown>;
  key?: string;
}

/** Stands for the browser's socket; the test is the server. */
class Socket {
  static all: Socket[] = [];
  static get last(): Socket {
    return Socket.all[Socket.all.length - 1] as Socket;
  }

  sent: Request[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;

  constructor(readonly url: string, readonly protocol: string) {
    Socket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.onclose = null;
  }

  tell(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  answer(request: Request, result: unknown): void {
    this.tell({ jsonrpc: '2.0', id: request.id, result });
  }

  event(seq: number, type = 'notice'): void {
    this.tell({ method: 'event', params: { seq, time: '', type } });
  }

  find(method: string): Request {
    const found = this.sent.filter((r) => r.method === method).pop();
    if (!found) throw new Error(`no ${method} among ${this.sent.map((r) => r.method)}`);
    return found;
  }
}

const you = { id: 'd2', name: '', role: 'delegate', roles: ['delegate'], council: 'c' };
let Link: typeof LinkClass;
let events: KhEvent[];
let snapshots: number[];
const on: LinkHandlers = {
  snapshot: (_state, seq) => snapshots.push(seq),
  event: (event) => events.push(event),
  notify: () => undefined,
};

beforeEach(async () => {
  vi.useFakeTimers();
  Socket.all = [];
  events = [];
  snapshots = [];
  vi.stubGlobal('WebSocket', Socket);
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('document', { addEventListener: () => undefined, visibilityState: 'visible' });
  ({ Link } = await import('../src/api/link'));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Answers are taken by promises. */
const settle = async (): Promise<void> => {
  for (let i = 0; i < 4; i++) await Promise.resolve();
};

const opened = async (): Promise<LinkClass> => {
  const link = new Link('ws://test/api', on);
  link.start('token');
  Socket.last.onopen?.();
  Socket.last.answer(Socket.last.find('hello'), { you, seq: 10, state: {} as Snapshot });
  await settle();
  return link;
};

/** The line breaks; the link dials again; the server lets it resume. */
const comeBack = async (): Promise<void> => {
  Socket.last.onclose?.({ code: 1006 });
  vi.advanceTimersByTime(1_000);
  Socket.last.onopen?.();
  Socket.last.answer(Socket.last.find('hello'), { you, seq: 12 });
  await settle();
};

describe('the link', () => {
  it('says hello by the protocol, with the login’s token', async () => {
    await opened();
    expect(Socket.last.protocol).toBe('kyhop.v1');
    expect(Socket.last.sent[0]).toMatchObject({ jsonrpc: '2.0', method: 'hello', params: { token: 'token' } });
  });

  it('takes the snapshot, then the events after it, none twice', async () => {
    const link = await opened();
    Socket.last.event(11);
    Socket.last.event(11);
    Socket.last.event(9);
    Socket.last.event(12);
    expect(snapshots).toEqual([10]);
    expect(events.map((e) => e.seq)).toEqual([11, 12]);
    expect(link.status.value).toBe('open');
  });

  it('takes a jump for what it is: turnouts that were left out', async () => {
    await opened();
    Socket.last.event(15, 'vote.cast');
    expect(events.map((e) => e.seq)).toEqual([15]);
    expect(Socket.all.length).toBe(1);
  });

  it('gives every change a key, and what only reads none', async () => {
    const link = await opened();
    void link.call('floor.request', { kind: 'speech' });
    void link.call('state.get');
    expect(Socket.last.find('floor.request').key).toMatch(/^[0-9a-f]{24}$/);
    expect(Socket.last.find('state.get').key).toBeUndefined();
  });

  it('resumes after the last event, and asks again with the same key what was not answered', async () => {
    const link = await opened();
    Socket.last.event(11);
    const asked = link.call<{ seq: number }>('vote.cast', { vote: 1, choice: 'for' });
    const first = Socket.last.find('vote.cast');
    await comeBack();
    expect(Socket.last.find('hello').params).toMatchObject({ resume_from: 11 });
    const second = Socket.last.find('vote.cast');
    expect(second.key).toBe(first.key);
    Socket.last.event(12);
    Socket.last.answer(second, { seq: 12, repeated: true });
    await expect(asked).resolves.toMatchObject({ seq: 12 });
    expect(snapshots).toEqual([10]);
    expect(events.map((e) => e.seq)).toEqual([11, 12]);
  });

  it('sends what was asked while the line was broken once it is back', async () => {
    const link = await opened();
    Socket.last.onclose?.({ code: 1006 });
    expect(link.status.value).toBe('lost');
    void link.call('floor.release');
    vi.advanceTimersByTime(1_000);
    Socket.last.onopen?.();
    expect(Socket.last.sent.map((r) => r.method)).toEqual(['hello']);
    Socket.last.answer(Socket.last.find('hello'), { you, seq: 10 });
    await settle();
    expect(Socket.last.find('floor.release').key).toBeDefined();
  });

  it('gives up a request after its time, and says that it does not know', async () => {
    const link = await opened();
    const asked = link.call('floor.next');
    const failed = expect(asked).rejects.toMatchObject({ message: 'timeout' });
    vi.advanceTimersByTime(20_000);
    await failed;
  });

  it('takes silence after a ping for a broken line', async () => {
    const link = await opened();
    Socket.last.answer(Socket.last.find('ping'), { time: '2026-07-18T01:00:00.000Z' });
    vi.advanceTimersByTime(10_000); // the next ping
    vi.advanceTimersByTime(6_000);
    expect(link.status.value).toBe('lost');
  });

  it.each([
    [4000, 'taken'],
    [4001, 'taken'],
    [4002, 'signed_out'],
  ])('does not come back by itself after close %i', async (code, status) => {
    const link = await opened();
    Socket.last.onclose?.({ code });
    vi.advanceTimersByTime(60_000);
    expect(link.status.value).toBe(status);
    expect(Socket.all.length).toBe(1);
  });

  it('asks before it takes the place of another device', async () => {
    const link = new Link('ws://test/api', on);
    link.start();
    Socket.last.onopen?.();
    const hello = Socket.last.find('hello');
    Socket.last.tell({ id: hello.id, error: { code: -32005, message: '', data: { code: 'already_connected' } } });
    await settle();
    expect(link.status.value).toBe('elsewhere');
    link.takeOver();
    Socket.last.onopen?.();
    expect(Socket.last.find('hello').params).toMatchObject({ take_over: true });
  });

  it('survives text that is no message', async () => {
    const link = await opened();
    Socket.last.onmessage?.({ data: '{not json' });
    Socket.last.tell({ id: 999, result: {} });
    expect(link.status.value).toBe('open');
  });
});
