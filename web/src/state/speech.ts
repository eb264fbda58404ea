// What a speech's clock shows at an instant.

import type { Phase, Speech } from '../api/types';

export interface SpeechTime {
  /** ms left, negative when over; null without a limit */
  left: number | null;
  spent: number;
  /** 1 = all time left … 0 = none; 1 without a limit */
  share: number;
  tone: 'calm' | 'soon' | 'over';
}

/** The last warning mark that is not the end itself, else a sixth of the limit. */
const soonBelow = (speech: Speech): number => {
  const marks = (speech.marks ?? []).filter((m) => m > 0);
  return marks.length > 0 ? Math.max(...marks) : Math.min(60_000, speech.limit_ms / 6);
};

export const speechTime = (speech: Speech, now_ms: number): SpeechTime => {
  const limit = speech.limit_ms;
  if (limit <= 0) {
    const running = speech.run_since ? now_ms - Date.parse(speech.run_since) : 0;
    return { left: null, spent: Math.max(0, speech.spent_ms + running), share: 1, tone: 'calm' };
  }
  const left =
    speech.running && speech.ends_at
      ? Date.parse(speech.ends_at) - now_ms
      : limit - speech.spent_ms;
  const share = Math.min(1, Math.max(0, left / limit));
  const tone = left <= 0 ? 'over' : left <= soonBelow(speech) ? 'soon' : 'calm';
  return { left, spent: limit - left, share, tone };
};

/** The microphone that is really open: outside a running sitting none is. */
export const isLive = (speech: Speech, phase: Phase): boolean =>
  speech.mic === 'live' && phase === 'sitting';
