// Whom to ask about next.

const AT_ONCE = 30; // persons in one round; a connection may ask 50 times a second
const OTHERS = 5; // of them at least, though they may not be joined

/** Those known to be joined, and some of the others: within a few rounds everybody was asked about. */
export const roundOf = (known: string[], all: string[], from: number): { ask: string[]; next: number } => {
  const ask = new Set(known.slice(0, AT_ONCE - OTHERS));
  let at = from;
  for (let i = 0; i < all.length && ask.size < AT_ONCE; i++) {
    const id = all[at++ % all.length];
    if (id !== undefined) ask.add(id);
  }
  return { ask: [...ask], next: all.length > 0 ? at % all.length : 0 };
};
