// The events before this page was opened, and all since: what logs and attendance are drawn from.

import { computed, effect, signal } from '@preact/signals';
import type { KhEvent } from '../api/types';
import { isBefore, merge } from './events';
import { link, onEvent } from './store';

interface Page {
  events: KhEvent[];
  from: number;
  more: boolean;
}

const PAGE = 500;
/** Oldest first, without gaps but those that the server leaves. */
export const history = signal<KhEvent[]>([]);
/** Older ones can be had. */
export const hasOlder = signal(false);
export const loadingOlder = signal(false);

let from: number | null = null;
let wanted = false;

const read = async (before: number | null): Promise<Page | null> => {
  try {
    return await link.call<Page>('events.get', { max: PAGE, ...(before === null ? {} : { before }) });
  } catch {
    return null; // asked for again by the next press
  }
};

/** One page more of the past. */
export const loadOlder = async (): Promise<void> => {
  if (loadingOlder.value) return;
  loadingOlder.value = true;
  const page = await read(from);
  loadingOlder.value = false;
  if (!page) return;
  from = page.from;
  hasOlder.value = page.more;
  history.value = merge(page.events, history.value);
};

/** As far as this sitting's attendance goes back; once for all that show it. */
export const wantHistory = (): void => {
  if (wanted) return;
  wanted = true;
  void (async () => {
    for (let pages = 0; pages < 20; pages++) {
      await loadOlder();
      if (!hasOlder.value || history.value.some(isBefore)) return;
    }
  })();
};

/** After a gap that the server could not fill, the pages between are read again. */
export const renewHistory = async (): Promise<void> => {
  if (!wanted) return;
  const events = history.peek();
  const known = events[events.length - 1]?.seq ?? 0;
  let before: number | null = null;
  for (let pages = 0; pages < 20; pages++) {
    const page: Page | null = await read(before);
    if (!page) return;
    history.value = merge(history.peek(), page.events);
    if (page.from <= known + 1 || !page.more) return;
    before = page.from;
  }
};

onEvent((event) => {
  history.value = merge(history.value, [event]);
});

effect(() => {
  if (link.status.value === 'open') void renewHistory();
});

/** Questions of votes that the state has forgotten. */
export const questions = computed(
  () => new Map(history.value.filter((e) => e.type === 'vote.opened').map((e) => [e.vote, String(e.question)])),
);
