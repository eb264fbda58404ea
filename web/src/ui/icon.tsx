// Small line drawings, always beside words: screen readers skip them.

const paths = {
  mic: 'M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3ZM5.5 10.5V11a6.5 6.5 0 0 0 13 0v-.5M12 17.5V21M8.5 21h7',
  micOff: 'M4 4l16 16M9 9v2a3 3 0 0 0 4.6 2.5M15 10.5V6a3 3 0 0 0-5.7-1.3M5.5 10.5V11a6.5 6.5 0 0 0 10 5.5M18.5 10.5V11c0 .9-.2 1.7-.5 2.5M12 17.5V21M8.5 21h7',
  hand: 'M8 12V6.2a1.5 1.5 0 0 1 3 0V11m0-.5V4.7a1.5 1.5 0 0 1 3 0V11m0-.5V6.2a1.5 1.5 0 0 1 3 0V14a7 7 0 0 1-7 7c-2.6 0-4-1-5.3-3.2L3.6 14c-.5-.9-.2-1.7.5-2.1.8-.4 1.6-.1 2.1.6L8 15',
  next: 'M5 5l8 7-8 7V5ZM17 5v14',
  stop: 'M6.5 6.5h11v11h-11z',
  plus: 'M12 5v14M5 12h14',
  check: 'M4.5 12.5l5 5 10-11',
  cross: 'M6 6l12 12M18 6L6 18',
  up: 'M6 15l6-6 6 6',
  down: 'M6 9l6 6 6-6',
  right: 'M9 6l6 6-6 6',
  grip: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
  warn: 'M12 4 2.8 19.5h18.4L12 4ZM12 10v4.5M12 17.2v.1',
  info: 'M12 11v6M12 7.5v.1M3 12a9 9 0 1 0 18 0 9 9 0 0 0-18 0Z',
  vote: 'M4 13l2.5-6h11L20 13M4 13v6h16v-6M4 13h16M9 9.5l2 2 4-4.5',
  list: 'M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01',
  sound: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5H4ZM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5a6.5 6.5 0 0 1 3.5 5.5',
  doc: 'M6 3h8l4 4v14H6V3ZM14 3v4h4M9 12h6M9 16h6',
  lock: 'M6 11h12v9H6v-9ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  keyboard: 'M3 7h18v10H3V7ZM7 13.5h10M6.5 10.5h.01M10 10.5h.01M13.5 10.5h.01M17 10.5h.01',
  theme: 'M12 3a9 9 0 1 0 0 18V3Z M12 3a9 9 0 0 1 0 18',
  record: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM3 12a9 9 0 1 0 18 0 9 9 0 0 0-18 0Z',
  pulse: 'M3 12h4l2.5-7 4.5 14 2.5-7H21',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.5 20.5 20.5',
  clock: 'M12 7v5.5l3.5 2M3 12a9 9 0 1 0 18 0 9 9 0 0 0-18 0Z',
  qr: 'M4 4h6v6H4V4ZM14 4h6v6h-6V4ZM4 14h6v6H4v-6ZM14 14h2.5v2.5M20 14v2.5h-1.5M14 20v-1.5M17.5 20H20v-1',
  save: 'M12 4v11M7.5 10.5 12 15l4.5-4.5M5 19.5h14',
  undo: 'M9 7 4.5 11.5 9 16M5 11.5h9a5 5 0 0 1 0 10h-2',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 5l12 7-12 7V5Z',
} as const;

export type IconName = keyof typeof paths;

export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d={paths[name]} />
  </svg>
);
