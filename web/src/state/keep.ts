// What a page must not lose when it is loaded again, on this device only.

const PREFIX = 'kyhop.';
/** Where the browser keeps nothing (private windows of some), the page's memory does. */
const memory = new Map<string, string>();

export const readKept = <T>(name: string): T | null => {
  let text = memory.get(name) ?? null;
  try {
    text = localStorage.getItem(PREFIX + name) ?? text;
  } catch {
    // memory's it is
  }
  try {
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
};

export const keep = (name: string, value: unknown): void => {
  const text = JSON.stringify(value);
  memory.set(name, text);
  try {
    localStorage.setItem(PREFIX + name, text);
  } catch {
    // Lost with the page then.
  }
};

export const forget = (name: string): void => {
  memory.delete(name);
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // Nothing was kept.
  }
};

/** Names that begin with `start`. */
export const keptNames = (start: string): string[] => {
  const names = new Set(memory.keys());
  try {
    for (let i = 0; i < localStorage.length; i++) {
      const key = localStorage.key(i);
      if (key?.startsWith(PREFIX)) names.add(key.slice(PREFIX.length));
    }
  } catch {
    // Nothing was kept.
  }
  return [...names].filter((name) => name.startsWith(start));
};
