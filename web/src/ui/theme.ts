// Light, dark or high contrast; "auto" follows the device.

import { signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark' | 'contrast';

const ORDER: Theme[] = ['auto', 'light', 'dark', 'contrast'];
const STORED = 'kyhop.theme';

const read = (): Theme => {
  try {
    const stored = localStorage.getItem(STORED) as Theme | null;
    return stored && ORDER.includes(stored) ? stored : 'auto';
  } catch {
    return 'auto';
  }
};

export const theme = signal<Theme>(read());

export const setTheme = (next: Theme): void => {
  theme.value = next;
  if (next === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(STORED, next);
  } catch {
    // Forgotten with the window.
  }
};

export const nextTheme = (): void =>
  setTheme(ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] ?? 'auto');
