// A voter's page through a secret vote, with a server of our own hand, honest and not; the page is
// loaded anew in the middle, and what it leaves on the device is looked at.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { B, fromText, mul, toText } from '../src/box/group';
import { boxHash, type Entry } from '../src/box/opening';
import { evaluate } from '../src/box/paper';
import { isBallot, seeded, signPaper } from './box-side';
import { committeeOf, makeStore, stateOf, Storage, voteOf, type Store } from './box-pages';
import { COUNCIL, holdCeremony } from './box-story';

vi.setConfig({ testTimeout: 30_000 }); // mathematics on a busy machine

const council = holdCeremony('booth', 3, 2);
const SECRET = 424242n;
const shape = { subjects: 1, options: 3, min: 1, max: 1 };
/** Each test has a vote of its own: a page that was left behind in one does nothing in the next. */
let id = 4;
const open = () => voteOf(id, { paper_key: toText(mul(B, SECRET).toBytes()) });

let store: Store;
let storage: Storage;
let booth: typeof import('../src/state/booth');

/** The page is loaded: its memory is new, the device's storage is not. */
const load = async (person = 'v1'): Promise<void> => {
  vi.resetModules();
  store = makeStore();
  vi.doMock('../src/state/store', () => store);
  store.you.value = { id: person };
  store.state.value = stateOf(committeeOf(council), open());
  store.link.call.mockImplementation((_method: string, { paper }: { paper: string }) => sign(paper, SECRET));
  booth = await import('../src/state/booth');
};

const sign = async (paper: string, secret: bigint) => {
  const { evaluated, proof } = signPaper(secret, fromText(paper), 99n);
  return { seq: 1, evaluated: toText(evaluated), proof: toText(proof) };
};

interface Posted {
  vote: number;
  serial: string;
  token: string;
  ballot: string;
}
let posted: Posted[];
/** What the box answers, one after the other; then it takes everything. */
let answers: (number | 'lost')[];

const serve = (): void => {
  vi.stubGlobal('fetch', (_path: string, init: RequestInit) => {
    if (init.method !== 'POST') return Promise.resolve(new Response(JSON.stringify({ entries: published })));
    posted.push(JSON.parse(String(init.body)));
    const answer = answers.shift() ?? 200;
    if (answer === 'lost') return Promise.reject(new TypeError('lost'));
    const body = answer === 200 ? { in_box: true } : { code: 'paper', reason: { vi: '', en: '' } };
    return Promise.resolve(new Response(JSON.stringify(body), { status: answer }));
  });
};
let published: unknown[];

const stage = () => booth.boothOf(open(), 'v1')?.stage;

beforeEach(async () => {
  id++;
  storage = new Storage();
  posted = [];
  answers = [];
  published = [];
  vi.stubGlobal('localStorage', storage);
  serve();
  await load();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.doUnmock('../src/state/store');
  vi.restoreAllMocks();
});

describe('a paper', () => {
  it('is claimed by the page itself, and good', async () => {
    await booth.enter(open(), 'v1');
    expect(stage()).toBe('ready');
    expect(store.link.call).toHaveBeenCalledWith('vote.claim', { vote: id, paper: expect.stringMatching(/^[\w-]{43}$/) });
  });

  it('is the same after the page was loaded anew, at any point', async () => {
    store.link.call.mockImplementation(() => new Promise(() => undefined)); // the answer is lost
    void booth.enter(open(), 'v1');
    await vi.waitFor(() => expect(store.link.call).toHaveBeenCalled());
    const first = store.link.call.mock.calls[0]![1].paper;
    await load();
    store.state.value = stateOf(committeeOf(council), { ...open(), your_paper: first });
    await booth.enter({ ...open(), your_paper: first }, 'v1');
    expect(store.link.call.mock.calls[0]![1].paper).toBe(first);
    expect(stage()).toBe('ready');
    await load();
    await booth.enter({ ...open(), your_paper: first }, 'v1');
    expect(store.link.call).not.toHaveBeenCalled(); // the token is kept
    expect(stage()).toBe('ready');
  });

  it('that another device has is told', async () => {
    await booth.enter({ ...open(), your_paper: 'x'.repeat(43) }, 'v1');
    expect(stage()).toBe('elsewhere');
    expect(store.link.call).not.toHaveBeenCalled();
  });

  it('of a giver of a proxy is claimed by name', async () => {
    await booth.enter(open(), 'g1');
    expect(store.link.call.mock.calls[0]![1]).toMatchObject({ person: 'g1' });
  });

  it('is not taken when it is signed with a key of its own: by that the server would know the ballot again', async () => {
    store.link.call.mockImplementation((_: string, { paper }: { paper: string }) => sign(paper, SECRET + 1n));
    await booth.enter(open(), 'v1');
    expect(stage()).toBe('unsafe');
    await booth.cast(open(), 'v1', [[0]]);
    expect(posted).toEqual([]);
  });

  it('is not used when the committee’s key does not hold', async () => {
    const bad = committeeOf(council);
    bad.members[2]!.deal = bad.members[1]!.deal!;
    store.state.value = stateOf(bad, open());
    await booth.enter(open(), 'v1');
    expect(stage()).toBe('unsafe');
  });

  it('is refused in the server’s words', async () => {
    const { RPC, RpcError } = await import('../src/api/link'); // the page's own class
    store.link.call.mockRejectedValue(new RpcError(RPC.refused, 'refused', { code: 'not_eligible' }));
    await booth.enter(open(), 'v1');
    expect(booth.boothOf(open(), 'v1')).toMatchObject({ stage: 'no_paper', words: 'not_eligible' });
  });

  it('waits for the committee’s key and for the vote’s', async () => {
    await booth.enter({ ...open(), paper_key: undefined }, 'v1');
    expect(stage()).toBe('no_key');
    store.state.value = stateOf(committeeOf(council, 'dealt'), open());
    await booth.enter(open(), 'v1');
    expect(stage()).toBe('no_key');
    expect(store.link.call).not.toHaveBeenCalled();
  });
});

describe('a ballot', () => {
  const castIt = async (): Promise<void> => {
    await booth.enter(open(), 'v1');
    await booth.cast(open(), 'v1', [[1]]);
  };

  it('is dropped with a good token and proofs that hold', async () => {
    await castIt();
    expect(stage()).toBe('in_box');
    const [one] = posted as [Posted];
    expect(evaluate(fromText(one.serial), SECRET)).toEqual(fromText(one.token));
    const envelope = { council: COUNCIL, vote: id, key: council.key, serial: fromText(one.serial), shape };
    expect(isBallot(envelope, fromText(one.ballot))).toBe(true);
  });

  it('leaves nothing on the device but its serial and hash', async () => {
    await castIt();
    const [one] = posted as [Posted];
    expect(storage.text).toContain(one.serial);
    expect(storage.text).not.toContain(one.token);
    expect(storage.text).not.toContain(one.ballot.slice(0, 43));
    const kept = JSON.parse([...storage.all.values()][0]!);
    expect(Object.keys(kept).sort()).toEqual(['at', 'hash', 'in_box', 'paper', 'serial']);
  });

  it('is sealed before anything is kept or sent: the choice itself never is', async () => {
    answers = ['lost', 'lost'];
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const done = castIt();
    await vi.waitFor(() => expect(posted.length).toBe(1), 5_000);
    expect(storage.text).not.toMatch(/choice|against|\[\[?1\]/);
    await done;
    expect(new Set(posted.map((p) => JSON.stringify(p))).size).toBe(1);
    expect(stage()).toBe('in_box');
  }, 20_000);

  it('is the same one after the page was closed while it was on its way', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    answers = ['lost', 'lost', 'lost', 'lost', 'lost', 'lost', 'lost'];
    await booth.enter(open(), 'v1');
    const left = booth.cast(open(), 'v1', [[2]]);
    await vi.waitFor(() => expect(posted.length).toBe(1), 5_000);
    await load();
    answers = [];
    await booth.enter(open(), 'v1');
    expect(stage()).toBe('in_box');
    expect(posted.at(-1)).toEqual(posted[0]);
    await booth.cast(open(), 'v1', [[0]]); // pressed again somehow
    await left; // the page that was left behind sees that it is done
    expect(new Set(posted.map((p) => p.ballot)).size).toBe(1);
  }, 20_000);

  it('that the box refuses is told, and nothing else is made of it', async () => {
    answers = [409];
    await castIt();
    expect(booth.boothOf(open(), 'v1')).toMatchObject({ stage: 'not_taken', words: 'paper' });
    await booth.cast(open(), 'v1', [[0]]);
    expect(posted.length).toBe(1);
  });

  const closed = (entries: Entry[]) => {
    published = entries.map((e) => ({ serial: toText(e.serial), token: toText(e.token), ballot: toText(e.ballot) }));
    return { ...open(), state: 'sealed' as const, number: entries.length, hash: boxHash(COUNCIL, id, entries) };
  };
  const entryOf = (p: Posted): Entry => ({ serial: fromText(p.serial), token: fromText(p.token), ballot: fromText(p.ballot) });

  it('is found in the published box; or it is told that it is not there', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    await castIt();
    const mine = entryOf(posted[0]!);
    const other: Entry = { serial: seeded('x')(32), token: mine.token, ballot: mine.ballot };
    await booth.look(closed([other]), 'v1');
    expect(booth.boothOf(open(), 'v1')?.found).toBe('missing');
    const swapped = { ...mine, ballot: mine.ballot.slice().reverse() };
    await booth.look(closed([other, swapped]), 'v1');
    expect(booth.boothOf(open(), 'v1')?.found).toBe('other_ballot');
    const journalled = closed([other, mine]);
    published = published.slice(1);
    await booth.look(journalled, 'v1');
    expect(booth.boothOf(open(), 'v1')?.found).toBe('other_box');
    await booth.look(closed([other, mine]), 'v1');
    expect(booth.boothOf(open(), 'v1')).toMatchObject({ stage: 'in_box', found: 'in_box' });
  });

  it('whose answer never came is in the box when the published box has it', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    answers = Array.from({ length: 9 }, () => 'lost');
    await booth.enter(open(), 'v1');
    const left = booth.cast(open(), 'v1', [[2]]);
    await vi.waitFor(() => expect(posted.length).toBe(1), 5_000);
    await load();
    await booth.look(closed([entryOf(posted[0]!)]), 'v1');
    await booth.enter({ ...open(), state: 'sealed' }, 'v1');
    expect(booth.boothOf(open(), 'v1')).toMatchObject({ stage: 'in_box', found: 'in_box' });
    await left;
    expect(storage.text).not.toContain(posted[0]!.ballot.slice(0, 43));
  }, 20_000);

  it('is of the past after two weeks: then nothing of it is kept', async () => {
    await castIt();
    booth.clearOld();
    expect(storage.length).toBe(1);
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 15 * 24 * 3_600_000);
    booth.clearOld();
    expect(storage.length).toBe(0);
  });
});
