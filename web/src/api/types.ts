// The wire: what `hello`, `state.get` and events carry (design.md section 6).

export interface Words {
  vi: string;
  en: string;
}

export type Role =
  | 'chair'
  | 'delegate'
  | 'secretary'
  | 'guest'
  | 'operator'
  | 'display'
  | 'observer'
  | 'it';

export type Phase = 'closed' | 'break' | 'sitting' | 'suspended';
export type Mic = 'off' | 'live' | 'muted';
export type Presence = 'absent' | 'present' | 'excused';
export type RequestState =
  | 'none'
  | 'pending'
  | 'accepted'
  | 'granted'
  | 'denied'
  | 'cancelled'
  | 'released'
  | 'revoked';
export type ItemState = 'waiting' | 'current' | 'done';
export type VoteState = 'none' | 'open' | 'sealed' | 'closed' | 'cancelled' | 'deferred';
export type Form = 'electronic' | 'hands' | 'standing' | 'doors' | 'roll_call' | 'paper';
export type Secrecy = 'named_live' | 'named_after' | 'totals' | 'secret';

/** Why something was refused or decided, with its rule's number. */
export interface Reason {
  code: string;
  vi?: string;
  en?: string;
  reason?: Words;
  rule?: string;
}

export interface You {
  id: string;
  name: string;
  role: Role;
  roles: Role[];
  council: string;
}

export interface Person {
  id: string;
  name: string;
  title: string;
  group: string;
  seat: string;
  weight?: number;
  roles: Role[];
  in_office: boolean;
  can_vote: boolean;
  presence: Presence;
  /** Since when it is so */
  since?: string | null;
  remote: boolean;
  /** A speaker whose connection and sound are gone */
  lost?: boolean;
  mic: Mic;
  /** Who holds this person's vote */
  proxy?: string;
}

export interface AgendaItem {
  id: string;
  title: Words;
  kind: string;
  state: ItemState;
}

/** What a waiting and a speaking request have in common. */
interface Request {
  request: number;
  person: string;
  kind: string;
  lane: string;
  state: RequestState;
  rank: number;
  priority: number;
  /** 0: no limit */
  limit_ms: number;
  target?: string;
  item?: string;
}

export interface Speech extends Request {
  /** Used before `run_since` */
  spent_ms: number;
  running: boolean;
  run_since: string | null;
  ends_at: string | null;
  granted_at: string;
  mic: Mic;
  muted_by_chair: boolean;
  /** Silenced by a recess or because the time was up */
  muted_by_clock: boolean;
  expired: boolean;
  /** Stopped while the sitting goes on */
  interrupted: boolean;
  marks: number[];
}

export interface Waiting extends Request {
  note: string;
  asked_at: string;
  supporters: number;
  /** Place among equals; the request's own number until the chair moves somebody. */
  order?: number;
}

export interface AskOption {
  id: string;
  vi: string;
  en: string;
}

export interface AskText {
  code: string;
  text: Words;
  options: AskOption[];
  person?: string;
  roles: Role[];
  timeout_ms?: number;
  /** Which option is taken at the time-out */
  default?: number;
  rule?: string;
}

export interface Ask {
  ask: number;
  request?: number;
  ask_text: AskText;
  ends_at: string | null;
}

export interface BallotOption {
  id: string;
  vi: string;
  en: string;
  as: string;
}

export interface Majority {
  of: string;
  base: string;
  num: number;
  den: number;
  strict: boolean;
  rule?: string;
}

export interface Ballot {
  type: string;
  name: Words;
  options: BallotOption[];
  subjects: { id: string; name: string }[];
  select?: { min: number; max: number };
  eligible?: string;
  secrecy: Secrecy;
  running: 'turnout' | 'none' | 'totals';
  change: 'until_close' | 'never' | 'until_announced';
  form: Form;
  close_when_all_voted?: boolean;
  timer_ms?: number;
  rules: Majority[];
  vetoes?: Majority[];
  min_turnout?: number;
  tie?: string;
  proxies?: boolean;
  /** Votes and bases count each member's weight */
  weighted?: boolean;
  rule?: string;
}

/** Numbers of one subject: the named counts and one for each option. */
export interface Counts {
  named: Record<string, number>;
  options: Record<string, number>;
}

export interface Result {
  outcome: string;
  word?: string;
  counts: Counts[];
  explanation?: Words;
  rule?: string;
}

/** Votes by option, and "invalid". */
export type TallyOf = Record<string, number>;

/** Of a vote on several subjects: one for each, by its id. */
export type TallyCounts = TallyOf | Record<string, TallyOf>;

export interface Tally {
  form: Form;
  counts: TallyCounts;
  by: string | null;
  confirmed_by: string | null;
}

export type Choice = string | string[] | Record<string, string | string[]>;

export interface Vote {
  vote: number;
  state: VoteState;
  item: string | null;
  question: string;
  ballot: Ballot;
  opened_at: string;
  ends_at: string | null;
  /** Absent while the procedure hides it */
  turnout?: number;
  eligible: number;
  in_office: number;
  may_vote?: boolean;
  mine?: Choice;
  times_opened: number;
  /** Ours: what was counted before the vote was opened again, oldest first */
  earlier?: { form: Form; result: Result }[];
  result?: Result;
  /** Voting ended; who voted may change it until the chair announces the result */
  ended_at?: string;
  /** A deferred vote has to be held by then */
  due_at?: string;
  /** Who decided a tie */
  decided_by?: string | null;
  tally?: Tally;
  /** Who voted what, where the secrecy allows it */
  names?: Record<string, Choice>;
  /** Of a secret electronic vote: with what its papers are signed */
  paper_key?: string;
  /** How many papers were handed out */
  issued?: number;
  /** The paper that I was handed, as I showed it blinded */
  your_paper?: string;
  /** How many ballots lie in the closed box, its hash, and the papers' secret */
  number?: number;
  hash?: string;
  paper_secret?: string;
  /** Members that have opened their part */
  unsealed?: string[];
}

export type CommitteeStage = 'asked' | 'joined' | 'dealt' | 'confirmed';

/** One of the counting committee; what the member's page has published of its part of the key. */
export interface CommitteeMember {
  person: string;
  stage: CommitteeStage;
  join?: string;
  deal?: string;
}

/** Who opens the boxes of secret votes together (core/box/README.md). */
export interface Committee {
  round: number;
  needed: number;
  /** Member j of the mathematics is members[j - 1]. */
  members: CommitteeMember[];
  /** A share was wrong: nothing can be opened with it */
  void: boolean;
  /** All have confirmed: the key may be used */
  ready: boolean;
}

export interface KindOfSpeech extends Words {
  id: string;
  lane: string;
  roles?: Role[];
  target?: 'none' | 'optional' | 'required';
  after_close?: boolean;
  limit_ms?: number;
  rule?: string;
}

export interface Lane extends Words {
  id: string;
  rank: number;
}

export interface VoteType extends Words {
  id: string;
  rule?: string;
  subjects?: boolean;
  /** The ballot as it would be if it were opened now; absent where the procedure cannot tell yet */
  rules?: Majority[];
  min_turnout?: number;
  secrecy?: Secrecy;
  form?: Form;
  eligible?: string;
  weighted?: boolean;
}

export interface Setting extends Words {
  name: string;
  type: string;
  value: unknown;
  default: unknown;
  unit?: string;
  rule?: string;
  min?: number;
  max?: number;
  choices?: unknown[];
}

/** The answer of `procedure.describe`: all that the pages know of a council's rules. */
export interface Procedure {
  name: string;
  version?: string;
  label?: Words;
  labels?: Record<string, Words>;
  /** Absent in the neutral policy, which the server follows without a procedure */
  kinds?: KindOfSpeech[];
  lanes?: Lane[];
  votes?: VoteType[];
  texts?: Record<string, Words>;
  order?: Words & { rule?: string };
  settings?: Setting[];
}

export interface Snapshot {
  council: { id: string; name: Words };
  now: string;
  phase: Phase;
  session: { number: number; name: string } | null;
  sitting: { number: number; closed: boolean; opened_at: string } | null;
  persons: Person[];
  agenda: AgendaItem[];
  item: string | null;
  floor: {
    max_open: number;
    list_closed: boolean;
    speeches: Speech[];
    queue: Waiting[];
  };
  asks: Ask[];
  /** Ours: when the recess began, for the clocks that stand still meanwhile */
  suspended_at?: string;
  votes: Vote[];
  /** Absent or null: none was formed */
  committee?: Committee | null;
  procedure: Procedure;
  ice_servers?: RTCIceServer[];
  /** The recording's name, "" when none runs */
  recording: string;
}

/** An event's params. The fields beside these four depend on `type`. */
export interface KhEvent {
  seq: number;
  time: string;
  type: string;
  actor?: string | null;
  [field: string]: unknown;
}
