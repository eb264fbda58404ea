// Whom the operator's page asks about: all in turn, those that are joined always.

import { describe, expect, it } from 'vitest';
import { roundOf } from '../src/pages/operator/round';

const all = Array.from({ length: 75 }, (_, i) => `d${i}`);

describe('a round of questions', () => {
  it('asks about everybody within a few rounds', () => {
    const asked = new Set<string>();
    let next = 0;
    for (let i = 0; i < 3; i++) {
      const round = roundOf([], all, next);
      next = round.next;
      round.ask.forEach((id) => asked.add(id));
    }
    expect(asked.size).toBe(75);
  });

  it('asks about the joined ones every time, and never too many at once', () => {
    for (let next = 0; next < 75; next += 5) {
      const round = roundOf(['d70', 'd71'], all, next);
      expect(round.ask).toEqual(expect.arrayContaining(['d70', 'd71']));
      expect(round.ask.length).toBeLessThanOrEqual(30);
    }
    expect(roundOf(all, all, 0).ask.length).toBeLessThanOrEqual(30);
  });

  it('goes through all when more are joined than fit into one round', () => {
    const asked = new Set<string>();
    let next = 0;
    for (let i = 0; i < 15; i++) {
      const round = roundOf(all, all, next);
      next = round.next;
      round.ask.forEach((id) => asked.add(id));
    }
    expect(asked.size).toBe(75);
  });

  it('copes with nobody', () => {
    expect(roundOf([], [], 0)).toEqual({ ask: [], next: 0 });
  });
});
