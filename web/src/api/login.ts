// Exchanging a one-time code for a session. The code never stays in the address.

import type { You } from './types';

export type LoginTrouble = 'wrong' | 'too_many' | 'offline';

/** The session's token, for this page's memory only; the cookie holds it for later visits. */
export type LoginOutcome = { token: string; you?: You } | { trouble: LoginTrouble };

/** The code of a link `…/#login=CODE`, taken out of the address and the history at once. */
export const takeCode = (): string | null => {
  const found = /^#login=([^&]+)$/.exec(location.hash);
  if (!found?.[1]) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return decodeURIComponent(found[1]);
};

/** A code as people type or scan it: a whole link, or the bare code with spaces and dashes. */
export const cleanCode = (typed: string): string => {
  const inLink = /#login=([^&\s]+)/.exec(typed);
  return (inLink?.[1] ?? typed).replace(/[\s-]/g, '');
};

export const login = async (code: string): Promise<LoginOutcome> => {
  try {
    const answer = await fetch('/login', {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    if (answer.ok) return (await answer.json()) as { token: string; you?: You };
    return { trouble: answer.status === 429 ? 'too_many' : 'wrong' };
  } catch {
    return { trouble: 'offline' };
  }
};

export const logout = async (): Promise<void> => {
  try {
    await fetch('/logout', { method: 'POST', credentials: 'same-origin' });
  } catch {
    // Signed out here all the same; the session on the server ends by its own time.
  }
};
