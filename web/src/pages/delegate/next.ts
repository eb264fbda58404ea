// The one thing that this person can do now: what the large button is.

import type { LinkStatus } from '../../api/link';
import type { KindOfSpeech, Person, Phase, Speech, Vote, Waiting } from '../../api/types';

export interface Situation {
  status: LinkStatus;
  phase: Phase;
  person: Person;
  /** The own speech, the own first request, and its place in the list from 1 */
  speech?: Speech;
  waiting?: Waiting;
  /** The open vote, when this person may vote in it from here; `cast`: has done so */
  vote?: Vote;
  cast: boolean;
  /** Sound of this page */
  joined: boolean;
  checked: boolean;
  /** Kinds of speech that this person may ask for */
  kinds: KindOfSpeech[];
}

export type Next =
  | 'reconnecting' // nothing can be done until the line is back
  | 'check_mic' // before it begins: try the microphone
  | 'closed' // the session is not open; all is tried
  | 'check_in'
  | 'join_sound' // takes part from afar and hears nothing
  | 'between' // no sitting is open
  | 'recess'
  | 'vote'
  | 'release' // speaks: end it
  | 'unmute' // has the floor and silenced themselves
  | 'locked' // has the floor, silenced by the chair: may only end it
  | 'paused' // has the floor, the sitting stands still
  | 'pending' // asked; consent or supporters are missing
  | 'waiting' // asked; in the list
  | 'ask'
  | 'listen'; // may not ask for anything

const isAfar = (s: Situation): boolean => s.person.remote && s.person.presence === 'present';
const isDelegate = (s: Situation): boolean => s.person.roles.includes('delegate');

const ofSpeech = (s: Situation, speech: Speech): Next => {
  if (s.phase !== 'sitting') return 'paused';
  if (isAfar(s) && !s.joined) return 'join_sound';
  if (speech.mic === 'live') return 'release';
  return speech.muted_by_chair || speech.muted_by_clock || speech.interrupted ? 'locked' : 'unmute';
};

export const nextOf = (s: Situation): Next => {
  if (s.status !== 'open') return 'reconnecting';
  if (s.speech) return ofSpeech(s, s.speech);
  if (s.phase === 'closed') return s.checked || s.joined ? 'closed' : 'check_mic';
  if (isDelegate(s) && s.person.presence !== 'present') return 'check_in';
  if (s.vote && !s.cast) return 'vote';
  if (isAfar(s) && !s.joined) return 'join_sound';
  if (s.phase === 'break') return 'between';
  if (s.waiting) return s.waiting.state === 'pending' ? 'pending' : 'waiting';
  if (s.phase === 'suspended') return 'recess';
  return s.kinds.length === 0 ? 'listen' : 'ask';
};
