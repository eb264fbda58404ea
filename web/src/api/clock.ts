// The server's time, as near as a browser can know it.
//
// Each exchange gives an interval in which the true offset lies: [server - received, server - sent].
// The exchange with the shortest round trip bounds it best, so the best of the newest ones is taken.
// performance.now() carries it between exchanges, so a clock set by hand does not move countdowns.

const KEEP = 12;

interface Sample {
  offset: number;
  round_trip: number;
}

export class Clock {
  private samples: Sample[] = [];
  private best: Sample | null = null;

  constructor(private readonly monotonic: () => number = () => performance.now()) {}

  /** Local instant in ms for `observe`. */
  mark(): number {
    return this.monotonic();
  }

  /** The server said `server_ms` somewhere between the marks `sent` and `received`. */
  observe(server_ms: number, sent: number, received: number): void {
    if (!Number.isFinite(server_ms) || received < sent) return;
    this.samples.push({
      offset: server_ms - (sent + received) / 2,
      round_trip: received - sent,
    });
    if (this.samples.length > KEEP) this.samples.shift();
    this.best = this.samples.reduce((a, b) => (b.round_trip <= a.round_trip ? b : a));
  }

  /** Forget old samples: after sleep the monotonic clock of some systems has stood still. */
  restart(): void {
    this.samples = this.samples.slice(-1);
    this.samples.forEach((s) => (s.round_trip = Number.POSITIVE_INFINITY));
  }

  /** Unix ms by the server's clock; the device's own clock until the first exchange. */
  now(): number {
    return this.best ? this.monotonic() + this.best.offset : Date.now();
  }

  /** Half the best round trip: how far `now` can be off, in ms. Infinity before the first exchange. */
  error(): number {
    return this.best ? this.best.round_trip / 2 : Number.POSITIVE_INFINITY;
  }
}

export const clock = new Clock();
