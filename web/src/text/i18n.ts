// Two languages, Vietnamese first. Our own words are here; a council's words come with {vi, en}.

import { signal } from '@preact/signals';
import type { Words } from '../api/types';
import { en } from './en';
import { vi, type Key } from './vi';

export type Lang = 'vi' | 'en';
export type { Key };

const STORED = 'kyhop.lang';

const initial = (): Lang => {
  try {
    return localStorage.getItem(STORED) === 'en' ? 'en' : 'vi';
  } catch {
    return 'vi';
  }
};

export const lang = signal<Lang>(typeof localStorage === 'undefined' ? 'vi' : initial());

export const setLang = (next: Lang): void => {
  lang.value = next;
  document.documentElement.lang = next;
  try {
    localStorage.setItem(STORED, next);
  } catch {
    // A private window forgets the choice; nothing else depends on it.
  }
};

const tables: Record<Lang, Record<Key, string>> = { vi, en };

/** Our own words; `{name}` is filled from `values`. */
export const t = (key: Key, values?: Record<string, string | number>): string => {
  const text = tables[lang.value][key];
  return values ? text.replace(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all)) : text;
};

/** A council's words in the chosen language; the other language when one is missing. */
export const tr = (words: Partial<Words> | null | undefined, otherwise = ''): string => {
  if (!words) return otherwise;
  const first = lang.value === 'vi' ? words.vi : words.en;
  return first || words.vi || words.en || otherwise;
};

/** The key when our dictionary has it, else null: for words that come from the wire. */
export const known = (key: string): Key | null => (key in vi ? (key as Key) : null);

/** `prefix.word` in our words, or the word itself. */
export const word = (prefix: string, value: string): string => {
  const key = known(`${prefix}.${value}`);
  return key ? t(key) : value;
};
