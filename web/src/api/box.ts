// The ballot box over HTTP: the only requests of the pages that carry no login, so that nothing in
// them says who sends them.

import type { Reason } from './types';

export interface SealedBallot {
  vote: number;
  serial: string;
  token: string;
  ballot: string;
}

export type Dropped =
  | { is: 'in_box' }
  | { is: 'refused'; reason: Reason }
  /** Nobody knows whether it arrived: the same ballot may be sent again. */
  | { is: 'unknown' };

const ANSWER_MS = 15_000;

const path = (council: string, vote?: number): string =>
  `/box/${encodeURIComponent(council)}${vote === undefined ? '' : `/${vote}`}`;

const ANONYMOUS: RequestInit = { credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', redirect: 'error' };

const within = async (ms: number, work: (signal: AbortSignal) => Promise<Response>): Promise<Response> => {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), ms);
  try {
    return await work(stop.signal);
  } finally {
    clearTimeout(timer);
  }
};

/** Refused for now (busy, too many), or for good? */
const isPassing = (status: number): boolean => status >= 500 || status === 408 || status === 429;

export const dropBallot = async (council: string, ballot: SealedBallot): Promise<Dropped> => {
  try {
    const answer = await within(ANSWER_MS, (signal) => fetch(path(council), {
      ...ANONYMOUS,
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(ballot),
      signal,
    }));
    if (isPassing(answer.status)) return { is: 'unknown' };
    const told = (await answer.json().catch(() => ({}))) as { in_box?: boolean; error?: Reason } & Partial<Reason>;
    if (answer.ok) return told.in_box === true ? { is: 'in_box' } : { is: 'unknown' };
    return { is: 'refused', reason: { code: '', ...(told.error ?? told) } };
  } catch {
    return { is: 'unknown' };
  }
};

/** The published box of a vote whose box is closed. */
export const fetchBox = async (council: string, vote: number): Promise<unknown> => {
  const answer = await fetch(path(council, vote), ANONYMOUS);
  if (!answer.ok) throw new Error(`the box: ${answer.status}`);
  return answer.json();
};
