// An event as a sentence for people who follow the record.

import type { KhEvent, Reason, Result } from '../api/types';
import { questions } from '../state/past';
import { kindName, nameOf, reasonWords, state } from '../state/store';
import { spell } from '../text/format';
import { known, t, tr, word } from '../text/i18n';

const itemTitle = (id: unknown): string => tr(state.value?.agenda.find((i) => i.id === id)?.title, String(id));

const voteOf = (event: KhEvent) => state.value?.votes.find((v) => v.vote === event.vote);

/** What the sentence's `{…}` stand for. */
const values = (event: KhEvent): Record<string, string> => {
  const vote = voteOf(event);
  // The event's own result: a vote that was held again has had another one before.
  const result = (event.result as Result | undefined) ?? vote?.result;
  const text = (field: unknown): string => (typeof field === 'string' || typeof field === 'number' ? String(field) : '');
  return {
    name: nameOf(text(event.person)),
    by: nameOf(text(event.by ?? event.actor)),
    kind: typeof event.kind === 'string' ? kindName(event.kind) : '',
    item: event.item ? itemTitle(event.item) : '',
    number: text(event.number),
    time: typeof event.spent_ms === 'number' ? spell(event.spent_ms)
      : typeof event.by_ms === 'number' ? spell(event.by_ms)
      : typeof event.left_ms === 'number' ? spell(event.left_ms) : '',
    target: nameOf(text(event.target)),
    question: vote?.question ?? (text(event.question) || questions.value.get(event.vote) || ''),
    result: tr(result?.explanation),
    outcome: result ? (result.outcome === 'other' && result.word ? result.word : word('outcome', result.outcome)) : '',
    form: typeof event.form === 'string' ? word('form', event.form) : '',
    note: text(event.note),
    drawn: Array.isArray(event.drawn) ? event.drawn.map((one) => nameOf(text(one))).join(', ') : '',
    procedure: text(event.name),
    words: reasonWords(event.reason as Reason | undefined),
  };
};

const keyOf = (event: KhEvent): string =>
  event.type === 'mic.changed' ? `story.mic.${String(event.mic)}`
    : event.type === 'attendance.checked_in' && event.remote ? 'story.attendance.checked_in_remote'
    : `story.${event.type}`;

/** What the procedure said, who set it aside, and why. */
export const overridden = (event: KhEvent): string => {
  const rule = (event.reason as Reason | undefined)?.rule;
  const all = values(event);
  return t(rule ? 'story.overridden_rule' : 'story.overridden', { ...all, rule: rule ?? '' });
};

/** Null for events that belong to the machine, not to the record. */
export const sentence = (event: KhEvent): string | null => {
  const key = known(keyOf(event));
  if (!key) return null;
  const all = values(event);
  if (event.override) return `${t(key, all)} ${overridden(event)}`;
  const note = all.note && !key.includes('procedure') ? ` (${all.note})` : '';
  return `${t(key, all)}${note}`.trim();
};
