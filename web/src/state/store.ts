// The page's state and its link: one of each. Components read signals; only the link writes.

import { batch, computed, signal } from '@preact/signals';
import { clock } from '../api/clock';
import { Link, RpcError, RPC, TIMEOUT } from '../api/link';
import type { KhEvent, KindOfSpeech, Person, Reason, Role, Snapshot, VoteType } from '../api/types';
import { t, tr } from '../text/i18n';
import { mayGoAhead, type Asked } from './override';
import { reduce } from './reducer';

export const state = signal<Snapshot | null>(null);
export const levels = signal<Record<string, number>>({});
export const mainLevel = signal<number | null>(null);
/** The newest notification of each unsequenced method, e.g. "stats". */
export const notes = signal<Record<string, Record<string, unknown>>>({});
/** Events as they came, newest last: for live regions, toasts and the operator's log. */
export const recent = signal<KhEvent[]>([]);

const KEEP_EVENTS = 200;
type Listener = (event: KhEvent) => void;
const listeners = new Set<Listener>();

/** Called after the state has taken the event. */
export const onEvent = (listener: Listener): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const socketUrl = (): string => `${location.origin.replace(/^http/, 'ws')}/api`;

export const link = new Link(socketUrl(), {
  snapshot(next) {
    state.value = next;
  },
  event(event) {
    const current = state.value;
    if (!current) return;
    if (event.type === 'sitting.resumed' && cannotShift(current)) {
      link.resync();
      return;
    }
    batch(() => {
      state.value = reduce(current, event, link.you.value?.id ?? '');
      recent.value = [...recent.value.slice(1 - KEEP_EVENTS), event];
    });
    if (event.type === 'procedure.changed') void refreshProcedure();
    listeners.forEach((listener) => listener(event));
  },
  notify(method, params) {
    if (method === 'levels') {
      batch(() => {
        levels.value = (params.levels as Record<string, number>) ?? {};
        mainLevel.value = typeof params.main === 'number' ? params.main : null;
      });
    } else {
      notes.value = { ...notes.value, [method]: params };
    }
  },
});

/** A page that was opened during a recess does not know by how much the waiting clocks move. */
const cannotShift = (current: Snapshot): boolean =>
  current.suspended_at === undefined &&
  (current.asks.some((a) => a.ends_at) || current.votes.some((v) => v.state === 'open' && v.ends_at));

/** Kinds, lanes and vote types may be others under the new procedure. */
export const refreshProcedure = async (): Promise<void> => {
  try {
    const procedure = await link.call<Snapshot['procedure']>('procedure.describe');
    if (state.value) state.value = { ...state.value, procedure };
  } catch {
    link.resync();
  }
};

// --- who ---

export const you = computed(() => link.you.value);
export const roles = computed<Role[]>(() => {
  const me = you.value;
  return me ? (me.roles?.length ? me.roles : [me.role]) : [];
});
export const me = computed<Person | undefined>(() =>
  state.value?.persons.find((p) => p.id === you.value?.id),
);

const personIndex = computed(() => new Map((state.value?.persons ?? []).map((p) => [p.id, p])));
export const personOf = (id: string | null | undefined): Person | undefined =>
  id ? personIndex.value.get(id) : undefined;
export const nameOf = (id: string | null | undefined): string => personOf(id)?.name ?? id ?? '';

// --- what the procedure calls things ---

export const kindName = (id: string): string =>
  tr(kinds.value.find((k) => k.id === id), id);
export const laneName = (id: string): string =>
  tr(state.value?.procedure.lanes?.find((l) => l.id === id), id);
// Without a procedure the server takes any kind and counts without judging.
const NEUTRAL_KIND: KindOfSpeech = {
  id: 'speech', lane: 'speech', vi: 'Phát biểu', en: 'Speech', roles: ['delegate', 'guest'], target: 'none',
};
const NEUTRAL_VOTE: VoteType = { id: 'vote', vi: 'Biểu quyết', en: 'Vote', subjects: false };

export const kinds = computed(() => state.value?.procedure.kinds ?? [NEUTRAL_KIND]);
export const voteTypes = computed(() => state.value?.procedure.votes ?? [NEUTRAL_VOTE]);

// --- figures ---

export const inOffice = computed(
  () => (state.value?.persons ?? []).filter((p) => p.in_office && p.can_vote).length,
);
export const presentCount = computed(
  () =>
    (state.value?.persons ?? []).filter(
      (p) => p.in_office && p.can_vote && p.presence === 'present',
    ).length,
);
export const openVote = computed(() => state.value?.votes.find((v) => v.state === 'open'));
export const lastVote = computed(() => {
  const closed = (state.value?.votes ?? []).filter((v) => v.state === 'closed');
  return closed.sort((a, b) => a.vote - b.vote)[closed.length - 1];
});
export const currentItem = computed(() =>
  state.value?.agenda.find((i) => i.id === state.value?.item),
);

// --- asking the server ---

export interface Toast {
  id: number;
  tone: 'info' | 'good' | 'warn' | 'bad';
  text: string;
  rule?: string;
  undo?: { label: string; run: () => void };
  /** A procedure's refusal that the chair may set aside */
  anyway?: Asked;
}

export const toasts = signal<Toast[]>([]);
let nextToast = 1;

export const dismiss = (id: number): void => {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
};

/** One that is being read, or has the focus, stays. */
const expire = (id: number): void => {
  if (document.querySelector('.toasts :is(:hover, :focus-within)')) window.setTimeout(() => expire(id), 2_000);
  else dismiss(id);
};

export const toast = (message: Omit<Toast, 'id'>, ms = 8_000): number => {
  const id = nextToast++;
  toasts.value = [...toasts.value.slice(-3), { ...message, id }];
  if (ms > 0) window.setTimeout(() => expire(id), ms);
  return id;
};

/** The words of a refusal, in the chosen language. */
export const reasonWords = (reason: Reason | undefined, otherwise = ''): string =>
  reason ? tr(reason.reason ?? reason, otherwise) : otherwise;

export interface ErrorWords {
  text: string;
  rule?: string;
  tone: 'warn' | 'bad';
}

export const errorText = (error: unknown): ErrorWords => {
  if (!(error instanceof RpcError)) return { text: t('error.unknown'), tone: 'bad' };
  const words = reasonWords(error.data);
  if (words) return { text: words, rule: error.data?.rule, tone: 'warn' };
  if (error.message === TIMEOUT) return { text: t('error.timeout'), tone: 'bad' };
  if (error.code === RPC.unavailable) return { text: t('error.unavailable'), tone: 'bad' };
  if (error.code === RPC.too_many) return { text: t('error.too_many'), tone: 'bad' };
  if (error.code === RPC.not_permitted) return { text: t('error.not_permitted'), tone: 'warn' };
  return { text: t('error.unknown'), tone: 'bad' };
};

/** May this person do all the same what was refused? */
export const isAboveRules = (asked: Asked, error: unknown): boolean =>
  mayGoAhead(roles.value.includes('chair'), asked, error);

/** A refusal with a way past it stays longer: there is something to decide. */
export const showError = (error: unknown, asked?: Asked): void => {
  const words = errorText(error);
  if (asked && isAboveRules(asked, error)) toast({ ...words, anyway: asked }, 60_000);
  else toast(words, 12_000);
};

/** Methods on their way: a button that waits for one says so and is not pressed twice. */
export const busy = signal<ReadonlySet<string>>(new Set());

/** Ask for a change. A refusal is shown as the rule's words; the answer is null then. */
export const ask = async <T = unknown>(
  method: string,
  params: Record<string, unknown> = {},
  undo?: Toast['undo'] & { text: string },
): Promise<T | null> => {
  const name = `${method} ${String(params.request ?? params.person ?? params.item ?? params.vote ?? '')}`.trim();
  if (busy.value.has(name)) return null;
  busy.value = new Set([...busy.value, name]);
  try {
    const answer = await link.call<T>(method, params);
    if (undo) toast({ tone: 'good', text: undo.text, undo: { label: undo.label, run: undo.run } });
    return answer ?? ({} as T);
  } catch (error) {
    showError(error, { method, params });
    return null;
  } finally {
    const rest = new Set(busy.value);
    rest.delete(name);
    busy.value = rest;
  }
};

// --- time ---

/** The server's time in ms, renewed ten times a second on whole tenths, the same tenths everywhere. */
export const now = signal(clock.now());
const TICK_MS = 100;
/** The whole minute, for clocks on the wall: changes once a minute. */
export const minute = computed(() => Math.floor(now.value / 60_000) * 60_000);
const tick = (): void => {
  const at = clock.now();
  // The tenth itself: a few ms more or less would let one screen turn a whole tick after another.
  now.value = Math.floor(at / TICK_MS) * TICK_MS;
  window.setTimeout(tick, TICK_MS - (at % TICK_MS) + 1);
};
if (typeof window !== 'undefined') tick();
