// A voter's way through a secret vote: the paper is claimed, the ballot sealed and dropped in the box,
// later found in the published box. What a reload must not lose is kept on this device: until the
// ballot is in the box its paper and the sealed ballot, afterwards only its serial and hash. What was
// chosen is kept nowhere.

import { signal } from '@preact/signals';
import { dropBallot, fetchBox } from '../api/box';
import { RPC, RpcError } from '../api/link';
import type { Vote } from '../api/types';
import type { Found, PublishedBox } from '../box/check';
import type { Paper } from '../box/paper';
import { forget, keep, keptNames, readKept } from './keep';
import { boxKeyOf, committee, isReady, loadBox, pause, shapeOf } from './secret';
import { errorText, link, reasonWords, state, you } from './store';

export type Stage =
  | 'claiming'
  | 'no_key' // the committee has none yet
  | 'elsewhere' // the paper was handed to another device
  | 'unsafe' // the server's signature or the key is not what was journalled
  | 'no_paper' // refused
  | 'ready'
  | 'sealing'
  | 'dropping'
  | 'not_taken' // the box refuses it
  | 'in_box'
  | 'over'; // the box was closed without it

export interface Booth {
  stage: Stage;
  words?: string;
  rule?: string;
  /** Subjects sealed, or attempts to reach the box */
  done?: number;
  found?: Found | 'checking' | 'failed';
}

/** By name of the slip. */
export const booths = signal<Record<string, Booth>>({});

/** What is kept on this device; bytes as text. */
interface Slip {
  at: number;
  serial: string;
  blind?: string;
  paper?: string;
  token?: string;
  ballot?: string;
  hash?: string;
  in_box?: boolean;
  found?: Found;
}

const START = 'slip.';
const KEEP_MS = 14 * 24 * 3_600_000;
const PAPER_RETRY_MS = 3_000;
const DROP_RETRY_MS = [1_000, 2_000, 4_000, 8_000, 15_000];

const council = (): string => state.value?.council.id ?? '';

export const slipName = (vote: Vote, person: string): string =>
  `${START}${council()}.${vote.vote}.${Date.parse(vote.opened_at)}.${person}`;

export const boothOf = (vote: Vote, person: string): Booth | undefined => booths.value[slipName(vote, person)];

const show = (name: string, booth: Booth): void => {
  booths.value = { ...booths.value, [name]: booth };
};

const patchSlip = (name: string, patch: Partial<Slip>): void =>
  keep(name, { ...(readKept<Slip>(name) as Slip), ...patch });

/** Votes of long ago. */
export const clearOld = (): void =>
  keptNames(START).forEach((name) => {
    const at = readKept<Slip>(name)?.at;
    if (at === undefined || at < Date.now() - KEEP_MS) forget(name);
  });

const running = new Set<string>();
const alone = async (name: string, work: () => Promise<void>): Promise<void> => {
  if (running.has(name)) return;
  running.add(name);
  try {
    await work();
  } finally {
    running.delete(name);
  }
};

/** The newest the page knows of a vote: events come while a step takes its time. */
const newest = (vote: Vote): Vote => state.value?.votes.find((v) => v.vote === vote.vote) ?? vote;

/** Whatever can be done by the page alone; may be called again at any time. */
export const enter = (vote: Vote, person: string): Promise<void> => {
  const name = slipName(vote, person);
  return alone(name, async () => {
    const slip = readKept<Slip>(name);
    if (slip?.in_box) show(name, { stage: 'in_box', found: booths.value[name]?.found ?? slip.found });
    else if (slip?.ballot) await drop(name, vote);
    else if (vote.state !== 'open') show(name, { stage: 'over' });
    else if (booths.value[name]?.stage !== 'ready') await claim(name, vote, person);
  });
};

const claim = async (name: string, vote: Vote, person: string): Promise<void> => {
  const isMine = person === you.value?.id;
  if (!vote.paper_key || !isReady(committee.value)) return show(name, { stage: 'no_key' });
  if (isMine && vote.your_paper && readKept<Slip>(name)?.paper !== vote.your_paper)
    return show(name, { stage: 'elsewhere' });
  show(name, { stage: 'claiming' });
  const box = await loadBox();
  let slip = readKept<Slip>(name);
  if (!slip) {
    const paper = box.newPaper();
    slip = { at: Date.now(), serial: box.toText(paper.serial), blind: box.toText(paper.blind), paper: box.toText(paper.paper) };
    keep(name, slip);
  }
  if (!slip.token && !(await fetchToken(name, vote, isMine ? {} : { person }))) return;
  try {
    boxKeyOf(box, council(), committee.value!);
    show(name, { stage: 'ready' });
  } catch {
    show(name, { stage: 'unsafe' });
  }
};

const fetchToken = async (name: string, vote: Vote, giver: { person?: string }): Promise<boolean> => {
  const box = await loadBox();
  const slip = readKept<Slip>(name) as Slip;
  for (;;) {
    try {
      const answer = await link.call<{ evaluated: string; proof: string }>('vote.claim', { vote: vote.vote, paper: slip.paper, ...giver });
      const paper: Paper = {
        serial: box.fromText(slip.serial), blind: box.fromText(slip.blind), paper: box.fromText(slip.paper),
      };
      const key = box.fromText(vote.paper_key, 32);
      const token = box.finalise(paper, key, box.fromText(answer.evaluated, 32), box.fromText(answer.proof, 64));
      patchSlip(name, { token: box.toText(token) });
      return true;
    } catch (error) {
      if (!(error instanceof RpcError)) {
        show(name, { stage: 'unsafe' });
        return false;
      }
      const passing = error.code === RPC.unavailable || error.code === RPC.too_many;
      if (!passing || newest(vote).state !== 'open') {
        const { text, rule } = errorText(error);
        show(name, { stage: 'no_paper', words: text, rule });
        return false;
      }
      await pause(PAPER_RETRY_MS);
    }
  }
};

/** Seal and drop. The choice lives in this call only. */
export const cast = (vote: Vote, person: string, choice: number[][]): Promise<void> => {
  const name = slipName(vote, person);
  return alone(name, async () => {
    const slip = readKept<Slip>(name);
    if (!slip?.token || slip.ballot || slip.in_box || !committee.value) return;
    show(name, { stage: 'sealing', done: 0 });
    await pause(30); // the words are drawn before the work begins
    const box = await loadBox();
    try {
      const key = boxKeyOf(box, council(), committee.value);
      const envelope = { council: council(), vote: vote.vote, key, serial: box.fromText(slip.serial), shape: shapeOf(vote) };
      const ballot = await box.sealGently(envelope, choice, async (done) => {
        show(name, { stage: 'sealing', done });
        await pause();
      });
      patchSlip(name, { ballot: box.toText(ballot), hash: box.ballotHash(ballot) });
    } catch {
      return show(name, { stage: 'unsafe' });
    }
    await drop(name, vote);
  });
};

const drop = async (name: string, vote: Vote): Promise<void> => {
  for (let tries = 0; ; tries++) {
    show(name, { stage: 'dropping', done: tries });
    const slip = readKept<Slip>(name);
    if (slip?.in_box) return show(name, { stage: 'in_box', found: slip.found }); // another window was faster
    if (!slip?.token || !slip.ballot) return;
    const { serial, token, ballot } = slip;
    const answer = await dropBallot(council(), { vote: vote.vote, serial, token, ballot });
    if (answer.is === 'in_box') {
      patchSlip(name, { in_box: true, ballot: undefined, token: undefined, blind: undefined });
      return show(name, { stage: 'in_box' });
    }
    if (answer.is === 'refused')
      return show(name, { stage: 'not_taken', words: reasonWords(answer.reason), rule: answer.reason.rule });
    const wait = DROP_RETRY_MS[Math.min(tries, DROP_RETRY_MS.length - 1)] as number;
    await pause(wait * (0.5 + Math.random() / 2));
  }
};

/** Boxes larger than this are fetched when asked for. */
const SMALL_BOX_BYTES = 2_000_000;
export const isSmallBox = (vote: Vote): boolean => {
  const { subjects, options, min, max } = shapeOf(vote);
  return (vote.number ?? 0) * subjects * (options * 192 + (max - min + 1) * 64) <= SMALL_BOX_BYTES;
};

/** Did this device make a ballot for it? Then it can be looked for. */
export const hasBallot = (vote: Vote, person: string): boolean => readKept<Slip>(slipName(vote, person))?.hash !== undefined;

/** Look for the own ballot in the published box. */
export const look = (vote: Vote, person: string): Promise<void> => {
  const name = slipName(vote, person);
  return alone(`look ${name}`, async () => {
    const slip = readKept<Slip>(name);
    if (!slip?.hash || !vote.hash || slip.found === 'in_box') return;
    const tell = (found: Booth['found']): void => show(name, { stage: 'in_box', ...booths.value[name], found });
    tell('checking');
    try {
      const box = await loadBox();
      await pause(Math.random() * 1_500); // a whole council looks at once
      const entries = box.readEntries((await fetchBox(council(), vote.vote)) as PublishedBox);
      const journalled = { council: council(), vote: vote.vote, hash: vote.hash };
      const found = box.findBallot(journalled, entries, box.fromText(slip.serial), slip.hash);
      // Found in the box: then it is in there, whether or not the answer ever came back.
      patchSlip(name, { found, ...(found === 'in_box' ? { in_box: true, ballot: undefined, token: undefined, blind: undefined } : {}) });
      if (found === 'in_box') show(name, { stage: 'in_box', found });
      else tell(found);
    } catch {
      tell('failed');
    }
  });
};
