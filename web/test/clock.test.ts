import { describe, expect, it } from 'vitest';
import { Clock } from '../src/api/clock';

/** A clock whose own time is set by the test; the server is `ahead` ms ahead. */
const at = (): { clock: Clock; go: (ms: number) => void } => {
  let local = 1_000;
  const clock = new Clock(() => local);
  return { clock, go: (ms) => (local += ms) };
};

describe('the server’s clock', () => {
  it('is off by at most half a round trip', () => {
    const { clock, go } = at();
    const sent = clock.mark();
    go(100); // all of it on the way back
    clock.observe(50_000, sent, clock.mark());
    expect(Math.abs(clock.now() - 50_100)).toBeLessThanOrEqual(50);
    expect(clock.error()).toBe(50);
  });

  it('keeps the exchange with the shortest round trip', () => {
    const { clock, go } = at();
    let sent = clock.mark();
    go(400);
    clock.observe(50_400, sent, clock.mark()); // slow and lopsided
    sent = clock.mark();
    go(10);
    clock.observe(50_405, sent, clock.mark());
    sent = clock.mark();
    go(600);
    clock.observe(51_010, sent, clock.mark());
    expect(Math.abs(clock.now() - 51_010)).toBeLessThanOrEqual(5);
  });

  it('goes on between exchanges by the steady clock', () => {
    const { clock, go } = at();
    clock.observe(50_000, clock.mark(), clock.mark());
    go(7_500);
    expect(clock.now()).toBe(57_500);
  });

  it('forgets old exchanges: drift is followed', () => {
    const { clock, go } = at();
    clock.observe(50_000, clock.mark(), clock.mark());
    let server = 50_000;
    for (let i = 0; i < 20; i++) {
      go(1_000);
      server += 1_010; // the device is slow by 1 %
      const sent = clock.mark();
      go(4);
      server += 4;
      clock.observe(server - 2, sent, clock.mark());
    }
    expect(Math.abs(clock.now() - server)).toBeLessThan(150);
  });

  it('after sleep trusts the next exchange over older ones', () => {
    const { clock, go } = at();
    clock.observe(50_000, clock.mark(), clock.mark());
    clock.restart();
    const sent = clock.mark();
    go(80);
    clock.observe(900_000, sent, clock.mark());
    expect(Math.abs(clock.now() - 900_040)).toBeLessThanOrEqual(40);
  });

  it('ignores nonsense', () => {
    const { clock } = at();
    clock.observe(NaN, 0, 10);
    clock.observe(5, 10, 0);
    expect(clock.error()).toBe(Number.POSITIVE_INFINITY);
  });
});
