// What each event does to the page's copy of the state: the same as the server's own apply, so that
// replayed events give what a fresh snapshot would.
//
// Pure. A reducer returns a new state and shares what did not change. An event of a type or shape
// that is not known changes nothing: a newer server must not break an older page.

import type {
  AgendaItem,
  Ask,
  AskText,
  Ballot,
  Choice,
  Form,
  ItemState,
  KhEvent,
  Mic,
  Person,
  RequestState,
  Result,
  Snapshot,
  Speech,
  Vote,
  Waiting,
} from '../api/types';

export type State = Snapshot;
type Reducer = (state: State, event: KhEvent, you: string) => State;

const str = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const num = (value: unknown, otherwise = 0): number =>
  typeof value === 'number' ? value : otherwise;

/** An instant; the server's 0 means "none". */
const time = (value: unknown): string | undefined =>
  typeof value === 'string' && Date.parse(value) > 0 ? value : undefined;

const replace = <T>(list: T[], at: number, patch: Partial<T>): T[] => {
  const old = list[at];
  if (at < 0 || old === undefined) return list;
  const next = list.slice();
  next[at] = { ...old, ...patch };
  return next;
};

const patchPerson = (state: State, id: unknown, patch: Partial<Person>): State => {
  const at = state.persons.findIndex((p) => p.id === id);
  return at < 0 ? state : { ...state, persons: replace(state.persons, at, patch) };
};

const patchFloor = (state: State, patch: Partial<State['floor']>): State => ({
  ...state,
  floor: { ...state.floor, ...patch },
});

const patchSpeech = (state: State, request: unknown, patch: Partial<Speech>): State => {
  const at = state.floor.speeches.findIndex((s) => s.request === request);
  return at < 0 ? state : patchFloor(state, { speeches: replace(state.floor.speeches, at, patch) });
};

const patchWaiting = (state: State, request: unknown, patch: Partial<Waiting>): State => {
  const at = state.floor.queue.findIndex((w) => w.request === request);
  return at < 0 ? state : patchFloor(state, { queue: replace(state.floor.queue, at, patch) });
};

const patchVote = (state: State, vote: unknown, patch: Partial<Vote>): State => {
  const at = state.votes.findIndex((v) => v.vote === vote);
  return at < 0 ? state : { ...state, votes: replace(state.votes, at, patch) };
};

const leaveQueue = (state: State, request: unknown): State => {
  const queue = state.floor.queue.filter((w) => w.request !== request);
  const without = queue.length === state.floor.queue.length ? state : patchFloor(state, { queue });
  const asks = without.asks.filter((a) => a.request !== request);
  return asks.length === without.asks.length ? without : { ...without, asks };
};

const orderOf = (w: Waiting): number => w.order ?? w.request;

/** Is `a` called before `b`? Rank of the lane, priority, then first come or as the chair moved it. */
const isBefore = (a: Waiting, b: Waiting): boolean => {
  if (a.rank !== b.rank) return a.rank > b.rank;
  if (a.priority !== b.priority) return a.priority > b.priority;
  if (orderOf(a) !== orderOf(b)) return orderOf(a) < orderOf(b);
  return a.request < b.request;
};

const sorted = (queue: Waiting[]): Waiting[] =>
  queue.slice().sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0));

/** The moved one takes its place before the other, which lends it rank and priority; all others are
 * numbered anew, as the server does. */
const move = (queue: Waiting[], request: unknown, before: unknown): Waiting[] => {
  const moved = queue.find((w) => w.request === request);
  const target = queue.find((w) => w.request === before);
  if (!moved) return queue;
  let order = 0;
  let place = -1;
  const rest = queue
    .filter((w) => w !== moved)
    .map((w) => {
      if (w.state !== 'accepted') return w;
      if (w === target) place = order++;
      return { ...w, order: order++ };
    });
  const lent = target ? { rank: target.rank, priority: target.priority } : {};
  return sorted([...rest, { ...moved, ...lent, order: target ? place : order }]);
};

const endSpeech = (state: State, event: KhEvent): State => {
  const speeches = state.floor.speeches.filter((s) => s.request !== event.request);
  const floor = patchFloor(state, { speeches });
  const asks = floor.asks.filter((a) => a.request !== event.request);
  return patchPerson({ ...floor, asks }, event.person, { mic: 'off' });
};

/** Attendance is kept per sitting. */
const forgetPresence = (persons: Person[]): Person[] =>
  persons.map((p) => (p.presence === 'absent' ? p : { ...p, presence: 'absent', remote: false }));

const setItem = (state: State, id: unknown, to: ItemState): State => ({
  ...state,
  agenda: state.agenda.map((i) => (i.id === id ? { ...i, state: to } : i)),
});

export const reducers: Record<string, Reducer> = {
  'person.enrolled': (state, event) => {
    const profile = event.profile as Partial<Person> | undefined;
    const id = str(event.person) ?? str(profile?.id);
    if (!profile || !id) return state;
    const at = state.persons.findIndex((p) => p.id === id);
    if (at >= 0) return { ...state, persons: replace(state.persons, at, profile) };
    const fresh: Person = {
      id, name: '', title: '', group: '', seat: '', roles: [], in_office: true, can_vote: true,
      ...profile,
      presence: 'absent', remote: false, mic: 'off',
    };
    return { ...state, persons: [...state.persons, fresh] };
  },

  'agenda.added': (state, event) => {
    const item = event.agenda_item as AgendaItem | undefined;
    if (!item) return state;
    const at = state.agenda.findIndex((i) => i.id === item.id);
    if (at >= 0) return { ...state, agenda: replace(state.agenda, at, item) };
    return { ...state, agenda: [...state.agenda, { ...item, state: 'waiting' }] };
  },

  'session.opened': (state, event) => ({
    ...state,
    phase: 'break',
    session: { number: num(event.number), name: str(event.name) ?? '' },
    sitting: null,
  }),
  'session.closed': (state) => ({ ...state, phase: 'closed', session: null, sitting: null }),
  'sitting.opened': (state, event) =>
    patchFloor(
      {
        ...state,
        phase: 'sitting',
        sitting: { number: num(event.number), closed: event.closed === true, opened_at: event.time },
      },
      { list_closed: false },
    ),
  'sitting.suspended': (state) => ({ ...state, phase: 'suspended' }),
  'sitting.resumed': (state) => ({ ...state, phase: 'sitting' }),
  'sitting.closed': (state) => ({
    ...state,
    phase: 'break',
    sitting: null,
    asks: [],
    persons: forgetPresence(state.persons),
  }),

  'attendance.checked_in': (state, event) =>
    patchPerson(state, event.person, { presence: 'present', remote: event.remote === true }),
  'attendance.checked_out': (state, event) =>
    patchPerson(state, event.person, { presence: 'absent', remote: false }),
  'attendance.excused': (state, event) =>
    patchPerson(state, event.person, { presence: 'excused', remote: false }),

  'agenda.started': (state, event) =>
    patchFloor(
      { ...setItem(state, event.item, 'current'), item: str(event.item) ?? null },
      { list_closed: false },
    ),
  'agenda.finished': (state, event) => ({
    ...setItem(state, event.item, 'done'),
    item: state.item === event.item ? null : state.item,
  }),

  'floor.requested': (state, event) =>
    patchFloor(state, {
      queue: sorted([...state.floor.queue, {
        request: num(event.request),
        person: String(event.person),
        kind: String(event.kind),
        lane: str(event.lane) ?? '',
        state: (str(event.state) ?? 'accepted') as RequestState,
        target: str(event.target),
        note: str(event.note),
        item: str(event.item),
        rank: num(event.rank),
        priority: num(event.priority),
        asked_at: event.time,
        supporters: 0,
        limit_ms: typeof event.limit_ms === 'number' ? event.limit_ms : undefined,
      }]),
    }),
  'floor.accepted': (state, event) => {
    const next = patchWaiting(state, event.request, { state: 'accepted' });
    return patchFloor(next, { queue: sorted(next.floor.queue) });
  },
  'floor.withdrawn': (state, event) => leaveQueue(state, event.request),
  'floor.denied': (state, event) => leaveQueue(state, event.request),
  'floor.moved': (state, event) =>
    patchFloor(state, { queue: move(state.floor.queue, event.request, event.before) }),
  'floor.supported': (state, event) => {
    const entry = state.floor.queue.find((w) => w.request === event.request);
    return entry
      ? patchWaiting(state, event.request, { supporters: entry.supporters + 1 })
      : state;
  },

  'floor.granted': (state, event) => {
    const waiting = state.floor.queue.find((w) => w.request === event.request);
    const speech: Speech = {
      request: num(event.request),
      person: String(event.person),
      kind: str(event.kind) ?? waiting?.kind ?? '',
      lane: str(event.lane) ?? waiting?.lane,
      target: str(event.target) ?? waiting?.target,
      item: str(event.item) ?? waiting?.item,
      limit_ms: num(event.limit_ms),
      spent_ms: 0,
      running: true,
      ends_at: num(event.limit_ms) > 0 ? time(event.ends_at) : undefined,
      granted_at: event.time,
      mic: 'muted', // until mic.changed opens it
      muted_by_chair: false,
      expired: false,
      marks: (event.marks as number[] | undefined) ?? [],
    };
    const next = leaveQueue(state, event.request);
    const speeches = next.floor.speeches.filter((s) => s.request !== event.request);
    return patchPerson(patchFloor(next, { speeches: [...speeches, speech] }), event.person, {
      mic: 'muted',
    });
  },
  'floor.released': endSpeech,
  'floor.revoked': endSpeech,
  'floor.extended': (state, event) =>
    patchSpeech(state, event.request, {
      limit_ms: num(event.limit_ms),
      ends_at: time(event.ends_at),
      expired: false,
    }),
  'floor.expired': (state, event) => patchSpeech(state, event.request, { expired: true }),
  'floor.stopped': (state, event) =>
    patchSpeech(state, event.request, {
      running: false,
      spent_ms: num(event.spent_ms),
      ends_at: undefined,
    }),
  'floor.resumed': (state, event) =>
    patchSpeech(state, event.request, { running: true, ends_at: time(event.ends_at) }),

  'list.closed': (state) => patchFloor(state, { list_closed: true }),
  'list.opened': (state) => patchFloor(state, { list_closed: false }),

  'ask.opened': (state, event) => {
    const ask: Ask = {
      ask: num(event.ask),
      request: typeof event.request === 'number' ? event.request : undefined,
      ask_text: event.ask_text as AskText,
      ends_at: time(event.ends_at),
    };
    return ask.ask_text ? { ...state, asks: [...state.asks.filter((a) => a.ask !== ask.ask), ask] } : state;
  },
  'ask.answered': (state, event) => ({
    ...state,
    asks: state.asks.filter((a) => a.ask !== event.ask),
  }),

  'mic.changed': (state, event) => {
    const mic = event.mic as Mic;
    const speech = state.floor.speeches.find((s) => s.person === event.person);
    if (!speech) return patchPerson(state, event.person, { mic: 'off' });
    const by = str(event.by);
    const next = patchSpeech(state, speech.request, {
      mic,
      muted_by_chair: mic === 'muted' && by !== undefined && by !== event.person,
    });
    return patchPerson(next, event.person, { mic });
  },

  'vote.opened': (state, event) => {
    const vote: Vote = {
      vote: num(event.vote),
      state: 'open',
      item: str(event.item),
      question: str(event.question) ?? '',
      ballot: event.ballot as Ballot,
      opened_at: event.time,
      ends_at: time(event.ends_at),
      turnout: 0,
      eligible: num(event.eligible, eligibleNow(state, event.ballot as Ballot)),
    };
    return { ...state, votes: [...state.votes.filter((v) => v.vote !== vote.vote), vote] };
  },
  'vote.cast': (state, event, you) => {
    const vote = state.votes.find((v) => v.vote === event.vote);
    if (!vote) return state;
    const person = str(event.person);
    const again = person !== undefined && (vote.voted ?? []).includes(person);
    const choice = event.choice as Choice | undefined;
    const patch: Partial<Vote> = { turnout: num(event.turnout, vote.turnout + (again ? 0 : 1)) };
    if (person !== undefined && !again) patch.voted = [...(vote.voted ?? []), person];
    if (person === you && choice !== undefined) patch.mine = choice;
    if (person !== undefined && choice !== undefined && vote.ballot.secrecy === 'named_live')
      patch.choices = { ...vote.choices, [person]: choice };
    return patchVote(state, event.vote, patch);
  },
  'vote.tallied': (state, event) => {
    const vote = state.votes.find((v) => v.vote === event.vote);
    if (!vote) return state;
    const by = str(event.by);
    // The second person enters the same numbers and so confirms them.
    if (vote.tally?.by && vote.tally.by !== by)
      return patchVote(state, event.vote, { tally: { ...vote.tally, confirmed_by: by } });
    return patchVote(state, event.vote, {
      tally: { form: event.form as Form, counts: event.counts as Record<string, number>, by },
    });
  },
  'vote.closed': (state, event) =>
    patchVote(state, event.vote, {
      state: 'closed',
      closed_at: event.time,
      result: event.result as Result,
    }),
  'vote.cancelled': (state, event) =>
    patchVote(state, event.vote, { state: 'cancelled', closed_at: event.time }),

  'procedure.changed': (state, event) =>
    patchFloor(
      { ...state, procedure: { ...state.procedure, name: str(event.name) ?? state.procedure.name } },
      { max_open: num(event.max_open, state.floor.max_open) },
    ),

  'recording.started': (state, event) => ({ ...state, recording: str(event.name) ?? '' }),
  'recording.stopped': (state) => ({ ...state, recording: null }),
};

/** Who may vote when a vote opens now; the server's own figure replaces it with the next snapshot. */
const eligibleNow = (state: State, ballot: Ballot | undefined): number =>
  state.persons.filter(
    (p) =>
      p.in_office && p.can_vote && (ballot?.eligible === 'all' || p.presence === 'present'),
  ).length;

/** The state after `event`. `you` is the person whose page this is. */
export const reduce = (state: State, event: KhEvent, you: string): State => {
  const reducer = reducers[event.type];
  return reducer ? reducer(state, event, you) : state;
};
