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
  Committee,
  CommitteeMember,
  Form,
  ItemState,
  KhEvent,
  Mic,
  Person,
  RequestState,
  Result,
  Snapshot,
  Speech,
  TallyCounts,
  Vote,
  Waiting,
} from '../api/types';

export type State = Snapshot;
type Reducer = (state: State, event: KhEvent, you: string) => State;

const str = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const num = (value: unknown, otherwise = 0): number =>
  typeof value === 'number' ? value : otherwise;

/** An instant, null for none. */
const time = (value: unknown): string | null => str(value) ?? null;

/** Only the members that have a value: as the server leaves out what a request does not have. */
const given = <T extends object>(members: T): Partial<T> =>
  Object.fromEntries(Object.entries(members).filter(([, v]) => v !== undefined)) as Partial<T>;

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

const patchCommittee = (state: State, patch: Partial<Committee>): State =>
  state.committee ? { ...state, committee: { ...state.committee, ...patch } } : state;

const patchMember = (state: State, person: unknown, patch: Partial<CommitteeMember>): State => {
  const before = state.committee?.members ?? [];
  const members = replace(before, before.findIndex((m) => m.person === person), patch);
  const ready = state.committee?.void === false && members.every((m) => m.stage === 'confirmed');
  return patchCommittee(state, { members, ready });
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
  return orderOf(a) < orderOf(b);
};

/** Into its place, with all others left in theirs: a snapshot shows an order that the chair may have
 * made. Those that wait for consent come last. */
const insert = (queue: Waiting[], entry: Waiting): Waiting[] => {
  const accepted = queue.filter((w) => w.state !== 'pending');
  const pending = queue.filter((w) => w.state === 'pending');
  if (entry.state === 'pending') return [...accepted, ...pending, entry];
  const at = accepted.findIndex((w) => isBefore(entry, w));
  accepted.splice(at < 0 ? accepted.length : at, 0, entry);
  return [...accepted, ...pending];
};

/** The moved one goes before the other, or behind all; its new neighbour lends it rank and priority.
 * Those that now share them deal out their own places anew, as the server does, so that who comes
 * later goes behind. */
const move = (queue: Waiting[], request: unknown, before: unknown): Waiting[] => {
  const accepted = queue.filter((w) => w.state !== 'pending');
  const moved = accepted.find((w) => w.request === request);
  const others = accepted.filter((w) => w !== moved);
  const target = others.find((w) => w.request === before);
  const neighbour = target ?? others[others.length - 1];
  if (!moved || !neighbour || (before !== undefined && !target)) return queue;
  const { rank, priority } = neighbour;
  const at = target ? others.indexOf(target) : others.length;
  const next = [...others.slice(0, at), { ...moved, rank, priority }, ...others.slice(at)];
  const isEqual = (w: Waiting): boolean => w.rank === rank && w.priority === priority;
  const places = next.filter(isEqual).map(orderOf).sort((a, b) => a - b);
  let dealt = 0;
  return [
    ...next.map((w) => (isEqual(w) ? { ...w, order: places[dealt++] as number } : w)),
    ...queue.filter((w) => w.state === 'pending'),
  ];
};

const endSpeech = (state: State, event: KhEvent): State => {
  const speeches = state.floor.speeches.filter((s) => s.request !== event.request);
  const floor = patchFloor(state, { speeches });
  const asks = floor.asks.filter((a) => a.request !== event.request);
  return patchPerson({ ...floor, asks }, event.person, { mic: 'off' });
};

/** Attendance is kept per sitting. */
const forgetPresence = (persons: Person[], since: string): Person[] =>
  persons.map((p) => ({ ...p, presence: 'absent', since, remote: false, lost: undefined }));

const setItem = (state: State, id: unknown, to: ItemState): State => ({
  ...state,
  agenda: state.agenda.map((i) => (i.id === id ? { ...i, state: to } : i)),
});

/** Nobody could answer or vote during a recess, so these clocks stood still too. */
const shiftDeadlines = (state: State, resumed: string): State => {
  if (state.phase !== 'suspended' || !state.suspended_at) return state;
  const by = Date.parse(resumed) - Date.parse(state.suspended_at);
  const shifted = <T extends { ends_at: string | null }>(one: T): T =>
    one.ends_at ? { ...one, ends_at: new Date(Date.parse(one.ends_at) + by).toISOString() } : one;
  return {
    ...state,
    asks: state.asks.map(shifted),
    votes: state.votes.map((v) => (v.state === 'open' ? shifted(v) : v)),
  };
};

/** The server remembers so many votes. */
const VOTES_KEPT = 8;

const hasVote = (p: Person): boolean => p.roles.includes('delegate') && p.in_office && p.can_vote;

type Ballots = Pick<Vote, 'ballot' | 'names' | 'mine' | 'your_paper'>;

/** Who is called when a vote opens: those here, or everybody; and who is away but left a proxy with
 * somebody who is here, where the ballot takes proxies. A vote cast stays. */
const isVoter = (state: State, vote: Ballots, you: string, p: Person): boolean => {
  if (!hasVote(p)) return false;
  if (vote.ballot.eligible === 'all' || p.presence === 'present') return true;
  if (vote.ballot.proxies && p.proxy !== undefined)
    return state.persons.some((holder) => holder.id === p.proxy && holder.presence === 'present');
  return vote.names?.[p.id] !== undefined ||
    (p.id === you && (vote.mine !== undefined || vote.your_paper !== undefined));
};

/** What is counted while it runs: of a secret electronic vote the papers handed out. */
const firstNumbers = (ballot: Ballot): Pick<Vote, 'turnout' | 'issued'> =>
  ballot.secrecy === 'secret' && ballot.form === 'electronic' ? { issued: 0 }
    : ballot.running === 'none' ? {} : { turnout: 0 };

const countVoters = (state: State, vote: Ballots, you: string): Pick<Vote, 'eligible' | 'may_vote'> => {
  const voters = state.persons.filter((p) => isVoter(state, vote, you, p));
  return {
    eligible: voters.reduce((n, p) => n + (vote.ballot.weighted ? (p.weight ?? 1) : 1), 0),
    may_vote: voters.some((p) => p.id === you),
  };
};

/** Coming, going and proxies change who may vote while those checked in may, or proxies count. */
const recountVoters = (state: State, you: string): State => {
  const at = state.votes.findIndex(
    (v) => v.state === 'open' && (v.ballot.eligible === 'checked_in' || v.ballot.proxies),
  );
  const vote = state.votes[at];
  return vote ? { ...state, votes: replace(state.votes, at, countVoters(state, vote, you)) } : state;
};

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
    item: null,
    agenda: state.agenda.map((i) => (i.state === 'waiting' ? i : { ...i, state: 'waiting' as const })),
    persons: forgetPresence(state.persons, event.time),
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
  'sitting.suspended': (state, event) => ({
    ...state,
    phase: 'suspended',
    suspended_at: event.time,
  }),
  'sitting.resumed': (state, event) => ({
    ...shiftDeadlines(state, event.time),
    phase: 'sitting',
    suspended_at: undefined,
  }),
  'sitting.published': (state, event) => ({
    ...state,
    sitting: state.sitting && { ...state.sitting, closed: event.closed === true },
  }),
  'sitting.closed': (state, event) => ({
    ...state,
    phase: 'break',
    sitting: null,
    asks: [],
    persons: forgetPresence(state.persons, event.time),
  }),

  'attendance.checked_in': (state, event, you) =>
    recountVoters(
      patchPerson(state, event.person, { presence: 'present', since: event.time, remote: event.remote === true }),
      you,
    ),
  'attendance.checked_out': (state, event, you) =>
    recountVoters(patchPerson(state, event.person, { presence: 'absent', since: event.time, remote: false }), you),
  'attendance.excused': (state, event, you) =>
    recountVoters(patchPerson(state, event.person, { presence: 'excused', since: event.time, remote: false }), you),

  'presence.lost': (state, event) => patchPerson(state, event.person, { lost: true }),
  'presence.back': (state, event) => patchPerson(state, event.person, { lost: undefined }),

  'agenda.started': (state, event) =>
    patchFloor(
      { ...setItem(state, event.item, 'current'), item: str(event.item) ?? null },
      { list_closed: false },
    ),
  'agenda.finished': (state, event) => ({
    ...setItem(state, event.item, 'done'),
    item: state.item === event.item ? null : state.item,
  }),

  'floor.requested': (state, event) => {
    const entry: Waiting = {
      request: num(event.request),
      person: String(event.person),
      kind: String(event.kind),
      lane: str(event.lane) ?? '',
      state: (str(event.state) ?? 'accepted') as RequestState,
      rank: num(event.rank),
      priority: num(event.priority),
      limit_ms: num(event.limit_ms),
      ...given({ target: str(event.target), item: str(event.item) }),
      note: str(event.note) ?? '',
      asked_at: event.time,
      supporters: 0,
    };
    return patchFloor(state, { queue: insert(state.floor.queue, entry) });
  },
  'floor.accepted': (state, event) => {
    const entry = state.floor.queue.find((w) => w.request === event.request);
    if (!entry) return state;
    const rest = state.floor.queue.filter((w) => w !== entry);
    return patchFloor(state, { queue: insert(rest, { ...entry, state: 'accepted' }) });
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
    const asked = state.floor.queue.find((w) => w.request === event.request);
    const speech: Speech = {
      request: num(event.request),
      person: String(event.person),
      kind: str(event.kind) ?? asked?.kind ?? '',
      lane: str(event.lane) ?? asked?.lane ?? '',
      state: 'granted',
      rank: asked?.rank ?? 0,
      priority: asked?.priority ?? 0,
      limit_ms: num(event.limit_ms),
      ...given({
        target: str(event.target) ?? asked?.target,
        item: str(event.item) ?? asked?.item,
      }),
      granted_at: event.time,
      spent_ms: 0,
      running: true,
      run_since: event.time,
      ends_at: time(event.ends_at),
      mic: 'muted', // until mic.changed opens it
      muted_by_chair: false,
      muted_by_clock: false,
      expired: false,
      interrupted: false,
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
  'floor.extended': (state, event) => {
    const speech = state.floor.speeches.find((s) => s.request === event.request);
    const ends_at = time(event.ends_at);
    const isTimeLeft = ends_at === null || Date.parse(ends_at) > Date.parse(event.time);
    return patchSpeech(state, event.request, {
      limit_ms: num(event.limit_ms),
      ends_at,
      expired: false,
      // There is time again: only an interruption still keeps the microphone shut.
      muted_by_clock: speech?.muted_by_clock === true && (speech.interrupted || !isTimeLeft),
    });
  },
  'floor.expired': (state, event) => patchSpeech(state, event.request, { expired: true }),
  'floor.stopped': (state, event) =>
    patchSpeech(state, event.request, {
      interrupted:
        state.phase === 'sitting' ||
        state.floor.speeches.some((s) => s.request === event.request && s.interrupted),
      running: false,
      run_since: null,
      spent_ms: num(event.spent_ms),
      ends_at: null,
    }),
  'floor.resumed': (state, event) =>
    patchSpeech(state, event.request, {
      interrupted: false,
      running: true,
      run_since: event.time,
      ends_at: time(event.ends_at),
    }),

  'list.closed': (state) => patchFloor(state, { list_closed: true }),
  'list.opened': (state) => patchFloor(state, { list_closed: false }),

  'ask.opened': (state, event) => {
    const ask: Ask = {
      ask: num(event.ask),
      ask_text: event.ask_text as AskText,
      ends_at: time(event.ends_at),
      ...given({ request: typeof event.request === 'number' ? event.request : undefined }),
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
    const muted = mic === 'muted';
    // One mute does not lift another; only "live" lifts them all.
    const next = patchSpeech(state, speech.request, {
      mic,
      muted_by_chair: muted && (speech.muted_by_chair || (by !== undefined && by !== event.person)),
      muted_by_clock: muted && (speech.muted_by_clock || by === undefined),
    });
    return patchPerson(next, event.person, { mic });
  },

  'vote.opened': (state, event, you) => {
    const ballot = event.ballot as Ballot;
    const vote: Vote = {
      vote: num(event.vote),
      state: 'open',
      item: str(event.item) ?? null,
      question: str(event.question) ?? '',
      ballot,
      opened_at: event.time,
      ends_at: time(event.ends_at),
      ...firstNumbers(ballot),
      ...countVoters(state, { ballot }, you),
      in_office: state.persons.filter(hasVote).reduce((n, p) => n + (ballot.weighted ? (p.weight ?? 1) : 1), 0),
      times_opened: 1,
      ...(ballot.secrecy === 'named_live' ? { names: {} } : {}),
    };
    const kept = state.votes.filter((v) => v.vote !== vote.vote && v.vote > vote.vote - VOTES_KEPT);
    return { ...state, votes: [...kept, vote] };
  },
  'vote.cast': (state, event, you) => {
    const vote = state.votes.find((v) => v.vote === event.vote);
    if (!vote || vote.state !== 'open') return state;
    const person = str(event.person);
    const choice = event.choice as Choice | undefined;
    const patch: Partial<Vote> = {};
    if (typeof event.turnout === 'number') patch.turnout = event.turnout;
    if (person === you && choice !== undefined) patch.mine = choice;
    if (person !== undefined && choice !== undefined && vote.names)
      patch.names = { ...vote.names, [person]: choice };
    return patchVote(state, event.vote, patch);
  },
  'vote.tallied': (state, event) => {
    const vote = state.votes.find((v) => v.vote === event.vote);
    // Only chair and secretaries see numbers before the close.
    if (!vote || event.counts === undefined) return state;
    const by = str(event.by) ?? null;
    // The second person enters the same numbers and so confirms them.
    if (vote.tally?.by && vote.tally.by !== by)
      return patchVote(state, event.vote, { tally: { ...vote.tally, confirmed_by: by } });
    return patchVote(state, event.vote, {
      tally: {
        form: event.form as Form,
        counts: event.counts as TallyCounts,
        by,
        confirmed_by: null,
      },
    });
  },
  'vote.closed': (state, event) =>
    patchVote(state, event.vote, {
      state: 'closed',
      result: event.result as Result,
    }),
  'vote.cancelled': (state, event) =>
    patchVote(state, event.vote, { state: 'cancelled' }),

  'vote.decided': (state, event) =>
    patchVote(state, event.vote, {
      result: event.result as Result,
      decided_by: str(event.by) ?? null,
    }),
  'vote.reopened': (state, event, you) => {
    const vote = state.votes.find((v) => v.vote === event.vote);
    if (!vote) return state;
    const { result: _result, decided_by: _by, mine: _mine, tally: _tally, names: _names, ended_at: _end, due_at: _due, ...rest } = vote;
    const again: Vote = {
      ...rest,
      state: 'open',
      ballot: { ...vote.ballot, form: event.form as Form },
      opened_at: event.time,
      ends_at: time(event.ends_at),
      times_opened: vote.times_opened + 1,
      ...firstNumbers({ ...vote.ballot, form: event.form as Form }),
      ...countVoters(state, { ballot: vote.ballot }, you),
      ...(vote.result ? { earlier: [...(vote.earlier ?? []), { form: vote.ballot.form, result: vote.result }] } : {}),
      ...(vote.ballot.secrecy === 'named_live' ? { names: {} } : {}),
    };
    return { ...state, votes: state.votes.map((v) => (v === vote ? again : v)) };
  },
  'vote.ended': (state, event) => patchVote(state, event.vote, { ended_at: event.time, ends_at: null }),
  'vote.deferred': (state, event) => patchVote(state, event.vote, { state: 'deferred', due_at: str(event.ends_at) }),

  'vote.papered': (state, event) =>
    patchVote(state, event.vote, {
      paper_key: str(event.paper_key),
      issued: 0,
      // New papers when it is held again.
      your_paper: undefined, number: undefined, hash: undefined, paper_secret: undefined, unsealed: undefined,
    }),
  'vote.issued': (state, event, you) => {
    const vote = state.votes.find((v) => v.vote === event.vote);
    if (!vote) return state;
    const mine = event.person === you ? { your_paper: str(event.paper) } : {};
    return patchVote(state, event.vote, { issued: num(event.issued, num(vote.issued)), ...mine });
  },
  'vote.sealed': (state, event) => patchVote(state, event.vote, { state: 'sealed' }),
  'vote.boxed': (state, event) =>
    patchVote(state, event.vote, {
      number: num(event.number),
      hash: str(event.hash),
      paper_secret: str(event.paper_secret),
      unsealed: [],
    }),
  'vote.unsealed': (state, event) => {
    const vote = state.votes.find((v) => v.vote === event.vote);
    const person = str(event.person);
    if (!vote || !person) return state;
    const unsealed = (vote.unsealed ?? []).filter((p) => p !== person);
    return patchVote(state, event.vote, { unsealed: [...unsealed, person] });
  },

  'committee.formed': (state, event) => {
    const persons = (event.members as string[] | undefined) ?? [];
    const members = persons.map((person): CommitteeMember => ({ person, stage: 'asked' }));
    const committee = { round: num(event.number), needed: num(event.needed), void: false, ready: false, members };
    return { ...state, committee };
  },
  'committee.joined': (state, event) => patchMember(state, event.person, { stage: 'joined', join: str(event.join) }),
  'committee.dealt': (state, event) => patchMember(state, event.person, { stage: 'dealt', deal: str(event.deal) }),
  'committee.confirmed': (state, event) => patchMember(state, event.person, { stage: 'confirmed' }),
  'committee.complained': (state) => patchCommittee(state, { void: true, ready: false }),

  'proxy.given': (state, event, you) =>
    recountVoters(patchPerson(state, event.person, { proxy: str(event.target) }), you),
  'proxy.ended': (state, event, you) =>
    recountVoters(patchPerson(state, event.person, { proxy: undefined }), you),

  'procedure.changed': (state, event) =>
    patchFloor(
      { ...state, procedure: { ...state.procedure, name: str(event.name) ?? state.procedure.name } },
      { max_open: num(event.max_open, state.floor.max_open) },
    ),

  'recording.started': (state, event) => ({ ...state, recording: str(event.name) ?? '' }),
  'recording.stopped': (state) => ({ ...state, recording: '' }),
};

/** The state after `event`. `you` is the person whose page this is. */
export const reduce = (state: State, event: KhEvent, you: string): State => {
  const reducer = reducers[event.type];
  return reducer ? reducer(state, event, you) : state;
};
