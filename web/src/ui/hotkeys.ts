// Keys that do what the buttons do. Off while somebody types, while a dialog is open, and when the
// person has switched them off (WCAG 2.1.4: single keys must be able to be turned off).

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

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** "n", "Shift+M", "Alt+ArrowUp": letters as they stand on the key, whatever the keyboard layout. */
export const keyName = (event: KeyboardEvent): string => {
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
  const key = letter ?? event.key;
  return `${event.altKey ? 'Alt+' : ''}${event.shiftKey && (letter || key.startsWith('Arrow')) ? 'Shift+' : ''}${key}`;
};

export const useHotkeys = (keys: Record<string, () => void>): void => {
  const newest = useRef(keys);
  newest.current = keys;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!hotkeysOn.value || event.ctrlKey || event.metaKey || event.repeat) return;
      if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
      const run = newest.current[keyName(event)];
      if (!run) return;
      event.preventDefault();
      run();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, []);
};
