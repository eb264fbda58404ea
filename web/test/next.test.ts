// The large button of the delegate's page, state by state.

import { describe, expect, it } from 'vitest';
import type { KindOfSpeech, Person, Speech, Vote, Waiting } from '../src/api/types';
import { nextOf, type Next, type Situation } from '../src/pages/delegate/next';

const person = (more: Partial<Person> = {}): Person => ({
  id: 'd2', name: 'Đại biểu', title: '', group: '', seat: 'A2', roles: ['delegate'],
  in_office: true, can_vote: true, presence: 'present', remote: false, mic: 'off', ...more,
});
const guest = person({ roles: ['guest'], presence: 'absent', can_vote: false });
const afar = person({ remote: true });
const away = person({ presence: 'absent' });
const speech = (more: Partial<Speech> = {}): Speech => ({
  request: 1, person: 'd2', kind: 'speech', lane: 'speech', state: 'granted', rank: 0, priority: 0, limit_ms: 60_000,
  spent_ms: 0, running: true, run_since: null, ends_at: null, granted_at: '', mic: 'live',
  muted_by_chair: false, muted_by_clock: false, expired: false, interrupted: false, marks: [], ...more,
});
const muted = { mic: 'muted' } as const;
const waiting = { request: 1, person: 'd2', state: 'accepted' } as Waiting;
const pending = { ...waiting, state: 'pending' } as Waiting;
const vote = { vote: 1 } as Vote;
const kinds = [{ id: 'speech', lane: 'speech', vi: '', en: '' }] as KindOfSpeech[];

const calm: Situation = {
  status: 'open', phase: 'sitting', person: person(), cast: false, joined: false, checked: false, kinds,
};

describe('the one thing to do now', () => {
  it.each<[string, Partial<Situation>, Next]>([
    // the line
    ['the line is lost', { status: 'lost' }, 'reconnecting'],
    ['the line is lost while speaking', { status: 'lost', speech: speech() }, 'reconnecting'],
    ['the line is lost while a vote is open', { status: 'lost', vote }, 'reconnecting'],
    // before the sitting
    ['the session is not open', { phase: 'closed', person: away }, 'check_mic'],
    ['the session is not open, the microphone was tried', { phase: 'closed', person: away, checked: true }, 'closed'],
    ['the session is not open, the sound is joined', { phase: 'closed', person: away, joined: true }, 'closed'],
    ['the session is open, one is not checked in', { phase: 'break', person: away }, 'check_in'],
    ['one is excused and came all the same', { phase: 'sitting', person: person({ presence: 'excused' }) }, 'check_in'],
    ['one came late, into a vote', { person: away, vote }, 'check_in'],
    ['checked in, no sitting yet', { phase: 'break' }, 'between'],
    ['checked in from afar, without sound', { phase: 'break', person: afar }, 'join_sound'],
    ['checked in from afar, with sound', { phase: 'break', person: afar, joined: true }, 'between'],
    // guests
    ['a guest need not check in', { person: guest }, 'ask'],
    ['a guest who may not ask for anything', { person: guest, kinds: [] }, 'listen'],
    ['a guest before the sitting', { phase: 'break', person: guest }, 'between'],
    // asking
    ['nothing is going on', {}, 'ask'],
    ['nothing may be asked for', { kinds: [] }, 'listen'],
    ['from afar without sound: hear first', { person: afar }, 'join_sound'],
    ['from afar with sound', { person: afar, joined: true }, 'ask'],
    ['one waits in the list', { waiting }, 'waiting'],
    ['one waits for consent', { waiting: pending }, 'pending'],
    ['one waits through a recess', { phase: 'suspended', waiting }, 'waiting'],
    ['a recess', { phase: 'suspended' }, 'recess'],
    // voting
    ['a vote is open', { vote }, 'vote'],
    ['a vote is open while one waits', { vote, waiting }, 'vote'],
    ['a vote is open, from afar without sound', { vote, person: afar }, 'vote'],
    ['one has voted', { vote, cast: true }, 'ask'],
    ['one has voted and waits', { vote, cast: true, waiting }, 'waiting'],
    ['one has voted and may not ask for anything', { vote, cast: true, kinds: [] }, 'listen'],
    // speaking
    ['one speaks', { speech: speech() }, 'release'],
    ['one speaks over time', { speech: speech({ expired: true }) }, 'release'],
    ['one speaks while a vote is open', { speech: speech(), vote }, 'release'],
    ['one has the floor from afar and no sound', { speech: speech(), person: afar }, 'join_sound'],
    ['one speaks from afar', { speech: speech(), person: afar, joined: true }, 'release'],
    ['one muted oneself', { speech: speech(muted) }, 'unmute'],
    ['the chair muted one', { speech: speech({ ...muted, muted_by_chair: true }) }, 'locked'],
    ['the time is up and muted one', { speech: speech({ ...muted, muted_by_clock: true }) }, 'locked'],
    ['the speech is interrupted for another', { speech: speech({ ...muted, interrupted: true }) }, 'locked'],
    ['a recess during the speech', { phase: 'suspended', speech: speech(muted) }, 'paused'],
  ])('%s', (_name, change, wanted) => {
    expect(nextOf({ ...calm, ...change })).toBe(wanted);
  });
});
