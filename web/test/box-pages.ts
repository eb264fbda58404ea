// What booth.ts and member.ts stand on, for their tests: a browser's storage, a page that can be loaded
// anew, and a council whose state the test changes as events would.

import { signal } from '@preact/signals';
import { vi } from 'vitest';
import type { Committee, Snapshot, Vote } from '../src/api/types';
import { toText } from '../src/box/group';
import type { Council } from './box-story';
import { COUNCIL } from './box-story';

export class Storage {
  readonly all = new Map<string, string>();
  get length(): number {
    return this.all.size;
  }
  key(i: number): string | null {
    return [...this.all.keys()][i] ?? null;
  }
  getItem(key: string): string | null {
    return this.all.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.all.set(key, value);
  }
  removeItem(key: string): void {
    this.all.delete(key);
  }
  /** Everything that is kept, as one text. */
  get text(): string {
    return JSON.stringify([...this.all]);
  }
}

/** Stands for state/store.ts: no link, no clock. */
export const makeStore = () => {
  const state = signal<Snapshot | null>(null);
  return {
    state,
    you: signal<{ id: string } | null>(null),
    notes: signal<Record<string, Record<string, unknown>>>({}),
    link: { call: vi.fn() },
    ask: vi.fn(),
    nameOf: (id: string) => id,
    errorText: (error: { data?: { code: string } }) => ({ text: error.data?.code ?? 'error', tone: 'warn' as const }),
    reasonWords: (reason: { code: string }) => reason.code,
  };
};
export type Store = ReturnType<typeof makeStore>;

export const PERSONS = ['m1', 'm2', 'm3', 'm4', 'm5'];

export const committeeOf = (council: Council, stage: Committee['members'][number]['stage'] = 'confirmed'): Committee => ({
  round: council.ceremony.round,
  needed: council.ceremony.needed,
  void: false,
  ready: stage === 'confirmed',
  members: council.seeds.map((_, at) => ({
    person: PERSONS[at] as string,
    stage,
    ...(stage === 'asked' ? {} : { join: toText(council.ceremony.joins[at]!) }),
    ...(stage === 'dealt' || stage === 'confirmed' ? { deal: toText(council.deals[at]!) } : {}),
  })),
});

export const voteOf = (id: number, patch: Partial<Vote> = {}): Vote => ({
  vote: id, state: 'open', item: null, question: 'Bầu', opened_at: '2026-07-18T01:00:00.000Z', ends_at: null,
  eligible: 5, in_office: 5, times_opened: 1, issued: 0,
  ballot: {
    type: 'elect', name: { vi: '', en: '' }, subjects: [], secrecy: 'secret', running: 'none', change: 'never',
    form: 'electronic', rules: [],
    options: ['for', 'against', 'abstain'].map((as) => ({ id: as, vi: as, en: as, as })),
  },
  ...patch,
});

export const stateOf = (committee: Committee | null, ...votes: Vote[]): Snapshot =>
  ({ council: { id: COUNCIL, name: { vi: '', en: '' } }, persons: [], votes, committee }) as unknown as Snapshot;
