// Focus is never lost: when what had it goes away, it moves to the neighbour in the list, else to the
// heading of the part it was in. A heading does nothing when Enter is still held down.

export interface Place {
  element: HTMLElement;
  /** From the nearest ancestor outwards */
  path: HTMLElement[];
  /** Among the rows that the list had */
  row: number;
}

const ROW = '[data-queue-row]';

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(ROW)];

export const placeOf = (element: Element | null): Place | null => {
  if (!(element instanceof HTMLElement) || element === document.body) return null;
  const path: HTMLElement[] = [];
  for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) path.push(up);
  const row = element.closest<HTMLElement>(ROW);
  return { element, path, row: row ? rows().indexOf(row) : -1 };
};

/** Without a place in the tab order of its own. */
const focusOn = (element: HTMLElement): void => {
  if (element.tabIndex < 0 && !element.hasAttribute('tabindex')) element.tabIndex = -1;
  element.focus();
};

const canHaveFocus = (element: HTMLElement): boolean =>
  element.isConnected && element.getClientRects().length > 0 && !element.closest('[inert]');

const neighbour = (place: Place): HTMLElement | undefined => {
  if (place.row < 0) return undefined;
  const left = rows();
  return left[Math.min(place.row, left.length - 1)];
};

const isPart = (element: HTMLElement): boolean => element.matches('section, main, dialog, aside');

const headingOf = (part: HTMLElement): HTMLElement =>
  part.matches('main') ? part : (part.querySelector<HTMLElement>('h1, h2, h3') ?? part);

/** Back to `place`, or as near to it as there still is something. */
export const goTo = (place: Place | null): void => {
  if (place && canHaveFocus(place.element)) {
    place.element.focus();
    return;
  }
  const part = place?.path.find((up) => isPart(up) && canHaveFocus(up));
  const next = (place && neighbour(place)) ?? (part && headingOf(part)) ?? document.getElementById('main');
  if (next) focusOn(next);
};

/** Watches the whole page from now on. */
export const keepFocus = (): void => {
  let last: Place | null = null;
  addEventListener('focusin', (event) => (last = placeOf(event.target as Element)));
  // Who presses beside everything wants the focus nowhere.
  addEventListener('pointerdown', () => (last = null));
  new MutationObserver(() => {
    const active = document.activeElement;
    // Who leaves the page for the browser's own parts is not called back.
    if (!last || !document.hasFocus() || (active && active !== document.body)) return;
    const place = last;
    last = null;
    goTo(place);
  }).observe(document.body, { childList: true, subtree: true });
};
