// Keys that do what the buttons do. Off while somebody types, while a dialog is open, and when the
// person has switched them off (WCAG 2.1.4: single keys must be able to be turned off). Combinations
// with Ctrl, Meta or AltGr belong to the browser, the system and screen readers.

import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

const STORED = 'kyhop.hotkeys';
const read = (): boolean => {
  try {
    return localStorage.getItem(STORED) !== 'off';
  } catch {
    return true;
  }
};

export const hotkeysOn = signal(typeof localStorage === 'undefined' || read());

export const setHotkeys = (on: boolean): void => {
  hotkeysOn.value = on;
  try {
    localStorage.setItem(STORED, on ? 'on' : 'off');
  } catch {
    // Forgotten with the window.
  }
};

type Target = { isContentEditable?: boolean; tagName?: string; type?: string } | null;

// A box to tick takes no letters; whatever else is an input may.
const NO_TEXT = new Set(['checkbox', 'radio', 'button', 'submit', 'reset']);

export const isTyping = (target: Target): boolean => {
  if (!target?.tagName) return false;
  if (target.isContentEditable || target.tagName === 'TEXTAREA' || target.tagName === 'SELECT') return true;
  return target.tagName === 'INPUT' && !NO_TEXT.has(target.type ?? 'text');
};

type Key = Pick<KeyboardEvent, 'key' | 'code' | 'altKey' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'repeat' | 'isComposing'> & {
  getModifierState?: (name: string) => boolean;
};

/** "N", "Shift+M", "Alt+ArrowUp": letters as they stand on the key, whatever the keyboard layout. */
export const keyName = (event: Pick<Key, 'key' | 'code' | 'altKey' | 'shiftKey'>): string => {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  const key = letter ?? event.key;
  return `${event.altKey ? 'Alt+' : ''}${event.shiftKey && (letter || key.startsWith('Arrow')) ? 'Shift+' : ''}${key}`;
};

/** Is it meant for the page at all? A key that is held down does its work once. */
export const isOurs = (event: Key): boolean =>
  !event.ctrlKey && !event.metaKey && !event.repeat && !event.isComposing &&
  !(event.getModifierState?.('AltGraph') ?? false);

export const useHotkeys = (keys: Record<string, () => void>): void => {
  const newest = useRef(keys);
  newest.current = keys;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!hotkeysOn.value || event.defaultPrevented || !isOurs(event)) return;
      if (isTyping(event.target as Target) || document.querySelector('dialog[open]')) return;
      const run = newest.current[keyName(event)];
      if (!run) return;
      event.preventDefault();
      run();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
};
