// The one connection to the server: JSON-RPC 2.0 over WebSocket, which repairs itself.
//
// Every request that changes something carries a key, so it may be sent again after a broken
// connection and happens once. After a reconnect the missed events follow; only when the server no
// longer has them does a whole state replace ours.

import { signal } from '@preact/signals';
import { clock } from './clock';
import type { KhEvent, Reason, Snapshot, You } from './types';

export type LinkStatus =
  | 'connecting' // first time
  | 'open'
  | 'lost' // was open; trying again
  | 'elsewhere' // the person is connected somewhere else: ask before taking over
  | 'taken' // another device took over from this one
  | 'signed_out';

export const RPC = {
  method: -32601,
  params: -32602,
  unauthenticated: -32001,
  not_permitted: -32002,
  refused: -32003,
  not_found: -32004,
  wrong_state: -32005,
  too_many: -32006,
  unavailable: -32007,
} as const;

export class RpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly data?: Reason,
  ) {
    super(message);
  }
}

export interface LinkHandlers {
  snapshot(state: Snapshot, seq: number): void;
  event(event: KhEvent): void;
  notify(method: string, params: Record<string, unknown>): void;
}

interface Pending {
  id: number;
  method: string;
  text: string;
  sent: number;
  resolve(result: unknown): void;
  reject(error: RpcError): void;
  timer: number;
}

const CALL_TIMEOUT_MS = 20_000;
const PING_EVERY_MS = 10_000;
const SILENCE_MS = 6_000;
const CONNECT_MS = 15_000; // a whole council comes back at once after a power cut
const RETRY_MS = [250, 500, 1_000, 2_000, 4_000, 5_000];

/** No answer came; unlike the server's own "unavailable" it is not known whether anything happened. */
export const TIMEOUT = 'timeout';

/** Methods that only read: they need no key. */
const READS = new Set(['state.get', 'events.get', 'minutes.get', 'procedure.describe', 'procedure.trace', 'procedure.sittings',
  'media.stats', 'ping', 'hello']);

/** The server's own close codes: coming back by ourselves would take the session from its new place. */
const FINAL_CLOSES: Record<number, LinkStatus> = {
  4000: 'taken',
  4001: 'taken',
  4002: 'signed_out',
};

const newKey = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
};

const toMs = (time: unknown): number =>
  typeof time === 'number' ? time : typeof time === 'string' ? Date.parse(time) : NaN;

export class Link {
  readonly status = signal<LinkStatus>('connecting');
  readonly you = signal<You | null>(null);
  /** Local Date.now() of the loss, for "no connection for 12 s"; 0 while open. */
  readonly lostAt = signal(0);

  private socket: WebSocket | null = null;
  private ready = false;
  private stopped = false;
  private nextId = 1;
  private seq: number | null = null;
  private held: KhEvent[] | null = null;
  private readonly pending = new Map<number, Pending>();
  private retries = 0;
  private retryTimer = 0;
  private pingTimer = 0;
  private silenceTimer = 0;
  private takeOverNext = false;
  private token: string | null = null;

  constructor(
    private readonly url: string,
    private readonly on: LinkHandlers,
  ) {
    addEventListener('online', () => this.wake());
    addEventListener('pageshow', () => this.wake());
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.wake();
    });
  }

  /** `token`: right after a login, when the cookie may not have reached the browser's sockets yet. */
  start(token?: string): void {
    if (token) this.token = token;
    this.stopped = false;
    this.connect();
  }

  /** The person agreed to end the other device's session. */
  takeOver(): void {
    this.takeOverNext = true;
    this.status.value = 'connecting';
    this.start();
  }

  stop(status: LinkStatus): void {
    this.stopped = true;
    if (status === 'signed_out') this.token = null;
    this.status.value = status;
    this.drop();
  }

  /** Forget what we know and ask for the whole state again. */
  resync(): void {
    this.seq = null;
    this.drop();
    this.retry();
  }

  call<T = unknown>(method: string, params: Record<string, unknown> = {}): Promise<T> {
    const body: Record<string, unknown> = { jsonrpc: '2.0', method, params };
    if (!READS.has(method)) body.key = newKey();
    return this.send<T>(method, body, this.ready);
  }

  private send<T>(method: string, body: Record<string, unknown>, now: boolean): Promise<T> {
    const id = this.nextId++;
    return new Promise<T>((resolve, reject) => {
      const timer = window.setTimeout(() => {
        this.pending.delete(id);
        reject(new RpcError(RPC.unavailable, TIMEOUT));
      }, CALL_TIMEOUT_MS);
      const call: Pending = {
        id,
        method,
        text: JSON.stringify({ ...body, id }),
        sent: clock.mark(),
        resolve: resolve as (result: unknown) => void,
        reject,
        timer,
      };
      this.pending.set(id, call);
      if (now) this.socket?.send(call.text);
    });
  }

  private connect(): void {
    clearTimeout(this.retryTimer);
    if (this.stopped || this.socket) return;
    const socket = new WebSocket(this.url, 'kyhop.v1');
    this.socket = socket;
    socket.onopen = () => this.hello();
    socket.onmessage = (message) => {
      if (socket === this.socket) this.receive(String(message.data));
    };
    socket.onclose = (close) => {
      if (socket !== this.socket) return;
      this.drop();
      const final = FINAL_CLOSES[close.code];
      if (final) this.stop(final);
      else this.retry();
    };
    this.armSilence(CONNECT_MS);
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    this.ready = false;
    this.held = null;
    clearInterval(this.pingTimer);
    clearTimeout(this.silenceTimer);
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    for (const call of this.pending.values())
      if (call.method === 'hello' || call.method === 'ping') this.settle(call);
  }

  private settle(call: Pending): void {
    clearTimeout(call.timer);
    this.pending.delete(call.id);
  }

  private retry(): void {
    if (this.stopped) return;
    if (this.status.value === 'open') {
      this.status.value = 'lost';
      this.lostAt.value = Date.now();
    }
    const base = RETRY_MS[Math.min(this.retries++, RETRY_MS.length - 1)] ?? 5_000;
    clearTimeout(this.retryTimer);
    // A whole council must not come back in the same instant.
    this.retryTimer = window.setTimeout(() => this.connect(), base * (0.5 + Math.random() / 2));
  }

  /** The device woke up or the network came back: find out at once whether we are still connected. */
  private wake(): void {
    if (this.stopped) return;
    clock.restart();
    if (!this.socket) {
      this.retries = 0;
      this.connect();
    } else if (this.ready) {
      void this.ping();
    }
  }

  private armSilence(ms = SILENCE_MS): void {
    clearTimeout(this.silenceTimer);
    this.silenceTimer = window.setTimeout(() => {
      this.drop();
      this.retry();
    }, ms);
  }

  private async ping(): Promise<void> {
    this.armSilence();
    try {
      await this.send('ping', { jsonrpc: '2.0', method: 'ping', params: {} }, true);
    } catch {
      // Any answer proves that the connection lives; silence is handled by armSilence().
    }
  }

  private hello(): void {
    const params: Record<string, unknown> = {};
    if (this.seq !== null) params.resume_from = this.seq;
    if (this.takeOverNext) params.take_over = true;
    if (this.token) params.token = this.token;
    this.held = [];
    this.send<{ you: You; seq: number; state?: Snapshot }>('hello',
      { jsonrpc: '2.0', method: 'hello', params }, true).then(
      (answer) => this.welcomed(answer),
      (error: RpcError) => this.rejected(error),
    );
  }

  private welcomed(answer: { you: You; seq: number; state?: Snapshot }): void {
    this.takeOverNext = false;
    this.you.value = answer.you;
    if (answer.state) {
      this.seq = answer.seq;
      this.on.snapshot(answer.state, answer.seq);
    }
    const held = this.held ?? [];
    this.held = null;
    held.forEach((event) => this.take(event));
    this.ready = true;
    this.retries = 0;
    this.lostAt.value = 0;
    this.status.value = 'open';
    clearTimeout(this.silenceTimer);
    for (const call of this.pending.values()) {
      call.sent = clock.mark();
      this.socket?.send(call.text);
    }
    this.pingTimer = window.setInterval(() => void this.ping(), PING_EVERY_MS);
    // Three quick exchanges settle the clock; one alone may have been unlucky.
    void this.ping().then(() => this.ping()).then(() => this.ping());
  }

  private rejected(error: RpcError): void {
    if (error.code === RPC.unauthenticated) this.stop('signed_out');
    else if (error.code === RPC.wrong_state || error.data?.code === 'elsewhere') this.stop('elsewhere');
    else {
      this.drop();
      this.retry();
    }
  }

  private receive(text: string): void {
    let message: {
      id?: number;
      method?: string;
      params?: Record<string, unknown>;
      result?: unknown;
      error?: { code: number; message: string; data?: Reason };
    };
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    if (this.ready) clearTimeout(this.silenceTimer);
    if (message.method !== undefined) this.notified(message.method, message.params ?? {});
    else if (typeof message.id === 'number') this.answered(message.id, message);
  }

  private notified(method: string, params: Record<string, unknown>): void {
    if (method === 'event') {
      const event = params as unknown as KhEvent;
      if (this.held) this.held.push(event);
      else this.take(event);
    } else if (method === 'taken_over') {
      this.stop('taken');
    } else {
      this.on.notify(method, params);
    }
  }

  private take(event: KhEvent): void {
    // A jump is no loss: the line keeps order, and only running turnouts are left out, of which the
    // next one has the newest numbers (asyncapi.yaml). One's own vote may come right after a jump.
    if (this.seq === null || event.seq <= this.seq) return;
    this.seq = event.seq;
    this.on.event(event);
  }

  private answered(
    id: number,
    message: { result?: unknown; error?: { code: number; message: string; data?: Reason } },
  ): void {
    const call = this.pending.get(id);
    if (!call) return;
    this.settle(call);
    // `ping` answers {time}, a snapshot holds {now}: both bound the server's clock.
    const told = message.result as { time?: unknown; state?: { now?: unknown } } | undefined;
    clock.observe(toMs(told?.time ?? told?.state?.now), call.sent, clock.mark());
    if (message.error)
      call.reject(new RpcError(message.error.code, message.error.message, message.error.data));
    else call.resolve(message.result);
  }
}
