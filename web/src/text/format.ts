// Times, durations and shares as people read them.

import { lang } from './i18n';

/** "1:05", and "−0:07" once over time: whole seconds left, so that 0:00 is reached exactly at the end. */
export const countdown = (left_ms: number): string => {
  const whole = left_ms >= 0 ? Math.ceil(left_ms / 1000) : Math.ceil(-left_ms / 1000 - 1e-9) || 1;
  const over = left_ms < 0;
  const text = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
  return over ? `−${text}` : text;
};

/** "1:05" of time used: whole seconds that have passed. */
export const elapsed = (ms: number): string => {
  const whole = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
};

/** "7 phút", "1 phút 30 giây", "45 giây" */
export const spell = (ms: number): string => {
  const whole = Math.round(ms / 1000);
  const minutes = Math.floor(whole / 60);
  const seconds = whole % 60;
  const words = lang.value === 'vi' ? { m: 'phút', s: 'giây' } : { m: 'min', s: 's' };
  const parts = [];
  if (minutes > 0) parts.push(`${minutes} ${words.m}`);
  if (seconds > 0 || minutes === 0) parts.push(`${seconds} ${words.s}`);
  return parts.join(' ');
};

/** "08:30" */
export const clockTime = (at: string | number | Date): string =>
  new Date(at).toLocaleTimeString('vi-VN', { hour: '2-digit', minute: '2-digit', hour12: false });

/** "08:30:05" */
export const clockSeconds = (at: string | number | Date): string =>
  new Date(at).toLocaleTimeString('vi-VN', { hour12: false });

/** The day of an instant, on this device's calendar, to be compared. */
export const dayOf = (at: string | number): string => new Date(at).toDateString();

/** "Thứ Hai, 20/07" */
export const shortDate = (at: string | number): string =>
  new Date(at).toLocaleDateString(lang.value === 'vi' ? 'vi-VN' : 'en-GB', {
    weekday: 'long', day: '2-digit', month: '2-digit',
  });

/** "Thứ Hai, 20 tháng 7, 2026" */
export const longDate = (at: number): string =>
  new Date(at).toLocaleDateString(lang.value === 'vi' ? 'vi-VN' : 'en-GB', {
    weekday: 'long', day: 'numeric', month: 'long', year: 'numeric',
  });

/** A share with two decimals, from whole numbers: 38 of 75 is "50,67 %" (vi), "50.67%" (en). */
export const percent = (part: number, base: number): string => {
  if (base <= 0) return '–';
  // Integer arithmetic, half up, as the announcements of the councils are rounded.
  const hundredths = Math.floor((part * 100_000 + base * 5) / (base * 10));
  const text = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
  return lang.value === 'vi' ? `${text.replace('.', ',')}%` : `${text}%`;
};

/** Smallest whole number that is more than (strict) or at least num/den of base. */
export const needed = (base: number, num: number, den: number, strict: boolean): number =>
  strict ? Math.floor((base * num) / den) + 1 : Math.ceil((base * num) / den);

/** Text that can be found whether or not the searcher types the marks: "Nguyễn" ~ "nguyen". */
export const fold = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[đĐ]/g, 'd')
    .toLowerCase();

/** Vietnamese names are sorted by the given name, which comes last. */
export const byGivenName = (a: { name: string }, b: { name: string }): number => {
  const given = (name: string) => name.trim().split(/\s+/).pop() ?? '';
  return given(a.name).localeCompare(given(b.name), 'vi') || a.name.localeCompare(b.name, 'vi');
};

/** Two letters for a face that we have no picture of. */
export const initials = (name: string): string => {
  const parts = name.trim().split(/\s+/);
  const letters = parts.length > 1 ? [parts[parts.length - 2], parts[parts.length - 1]] : parts;
  return letters.map((p) => (p ?? '').charAt(0).toLocaleUpperCase('vi')).join('');
};
