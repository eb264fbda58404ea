// A committee member's page: what it does by itself, and what it must not do whatever the server says.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { codeOf } from '../src/box/code';
import { dealOf, joinOf } from '../src/box/committee';
import { fromText, toText } from '../src/box/group';
import { isOpening, pairsOf } from './box-side';
import { committeeOf, makeStore, PERSONS, stateOf, Storage, voteOf, type Store } from './box-pages';
import { COUNCIL, holdCeremony, holdVote } from './box-story';

vi.setConfig({ testTimeout: 30_000 }); // mathematics on a busy machine

const council = holdCeremony('members', 3, 2);
const shape = { subjects: 1, options: 3, min: 1, max: 1 };
const voted = holdVote(council, 6, shape, [[[0]], [[1]], [[0]]]);
const sealed = voteOf(6, { state: 'sealed', number: 3, hash: voted.box.hash, unsealed: [] });

let store: Store;
let storage: Storage;
let member: typeof import('../src/state/member');

const load = async (): Promise<void> => {
  vi.resetModules();
  store = makeStore();
  vi.doMock('../src/state/store', () => store);
  store.you.value = { id: 'm1' };
  store.ask.mockResolvedValue({});
  member = await import('../src/state/member');
};

const show = (committee: ReturnType<typeof committeeOf>, ...votes: ReturnType<typeof voteOf>[]): void => {
  store.state.value = stateOf(committee, ...votes);
};
const asked = (method: string) => store.ask.mock.calls.filter(([m]) => m === method).map(([, params]) => params);

const publish = (cast = voted.cast): void => {
  const entries = cast.map((e) => ({ serial: toText(e.serial), token: toText(e.token), ballot: toText(e.ballot) }));
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify({ entries }))));
};

beforeEach(async () => {
  storage = new Storage();
  vi.stubGlobal('localStorage', storage);
  await load();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.doUnmock('../src/state/store');
});

describe('joining', () => {
  it('makes a seed that stays on the device, and shows its code', async () => {
    const committee = committeeOf(council, 'asked');
    show(committee);
    await member.advance();
    expect(member.mine.value.seed).toBe('none');
    await member.joinCommittee();
    const [{ join }] = asked('committee.join') as [{ join: string }];
    committee.members[0] = { person: 'm1', stage: 'joined', join };
    show(committee);
    await member.advance();
    const { code, seed } = member.mine.value;
    expect(seed).toBe('here');
    const kept = fromText(JSON.parse([...storage.all.values()][0]!).seed);
    expect(codeOf(kept)).toBe(code);
    expect(toText(joinOf(kept, COUNCIL, committee.round, 1))).toBe(join);
    expect(JSON.stringify(store.ask.mock.calls)).not.toContain(toText(kept));
  });

  it('that was not answered is repeated with the same seed', async () => {
    show(committeeOf(council, 'asked'));
    store.ask.mockResolvedValue(null);
    await member.joinCommittee();
    await load();
    show(committeeOf(council, 'asked'));
    await member.joinCommittee();
    expect([...storage.all.values()].length).toBe(1);
    const kept = fromText(JSON.parse([...storage.all.values()][0]!).seed);
    expect((asked('committee.join') as [{ join: string }])[0].join).toBe(toText(joinOf(kept, COUNCIL, 3, 1)));
  });
});

/** The member has the seed on this device. */
const withSeed = async (stage: 'joined' | 'dealt' | 'confirmed', change?: (c: ReturnType<typeof committeeOf>) => void) => {
  const committee = committeeOf(council, stage);
  change?.(committee);
  show(committee);
  await member.recover(codeOf(council.seeds[0]!));
};

describe('the ceremony', () => {
  it('deals by itself when all have joined', async () => {
    await withSeed('joined');
    const [{ deal }] = asked('committee.deal') as [{ deal: string }];
    expect(fromText(deal).slice(0, 64)).toEqual(council.deals[0]!.slice(0, 64));
  });

  it('does not deal before', async () => {
    await withSeed('joined', (c) => (c.members[2] = { person: 'm3', stage: 'asked' }));
    expect(store.ask).not.toHaveBeenCalled();
  });

  it('checks the shares and confirms once the code is written down', async () => {
    await withSeed('dealt');
    expect(asked('committee.confirm').length).toBe(1);
    expect(member.mine.value).toMatchObject({ checked: true, wrong: [] });
  });

  it('does not confirm while the code is not written down', async () => {
    show(committeeOf(council, 'asked'));
    await member.joinCommittee();
    const name = [...storage.all.keys()][0]!;
    storage.setItem(name, JSON.stringify({ ...JSON.parse(storage.getItem(name)!), seed: toText(council.seeds[0]!) }));
    show(committeeOf(council, 'dealt'));
    await member.advance();
    expect(member.mine.value).toMatchObject({ checked: true, saved: false });
    expect(asked('committee.confirm')).toEqual([]);
    await member.codeSaved();
    expect(asked('committee.confirm').length).toBe(1);
  });

  it('names the dealer of a wrong share, confirms nothing, and complains when told to', async () => {
    await withSeed('dealt', (c) => {
      const deal = council.deals[1]!.slice();
      deal[2 * 32 + 64 + 40]! ^= 1;
      c.members[1]!.deal = toText(deal);
    });
    expect(member.mine.value).toMatchObject({ wrong: ['m2'], checked: false });
    expect(asked('committee.confirm')).toEqual([]);
    await member.complain();
    expect(asked('committee.complain')).toEqual([{ target: 'm2' }]);
  });

  it('names a dealer who dealt to other people', async () => {
    const joins = [...council.ceremony.joins.slice(0, 2), council.ceremony.joins[0]!];
    await withSeed('dealt', (c) => (c.members[1]!.deal = toText(dealOf(council.seeds[1]!, { ...council.ceremony, joins }, 2))));
    expect(member.mine.value.wrong).toEqual(['m2']);
  });
});

describe('another device', () => {
  it('has the share again by the code, and by no other code', async () => {
    show(committeeOf(council));
    await member.advance();
    expect(member.mine.value.seed).toBe('lost');
    await expect(member.recover(codeOf(council.seeds[1]!))).rejects.toMatchObject({ code: 'other_seed' });
    await expect(member.recover('1234')).rejects.toMatchObject({ code: 'code_short' });
    expect(storage.length).toBe(0);
    await member.recover(codeOf(council.seeds[0]!));
    expect(member.mine.value).toMatchObject({ seed: 'here', checked: true });
  });

  it('does not take a seed that stands for somebody else', async () => {
    storage.setItem(`kyhop.seed.${COUNCIL}.m1.3`, JSON.stringify({ round: 3, seed: toText(council.seeds[2]!), saved: true, opened: {} }));
    show(committeeOf(council));
    await member.advance();
    expect(member.mine.value.seed).toBe('lost');
  });
});

describe('the closed box', () => {
  const openings = () => asked('vote.unseal') as { vote: number; opening: string }[];

  it('is opened by a part that everybody can check', async () => {
    publish();
    await withSeed('confirmed');
    show(committeeOf(council), sealed);
    await member.openBox(sealed);
    expect(member.opening.value).toBeNull();
    const [{ vote, opening }] = openings() as [{ vote: number; opening: string }];
    expect(vote).toBe(6);
    expect(isOpening(voted.box, pairsOf(voted.cast, shape), council.keys[0]!, fromText(opening))).toBe(true);
  });

  it('stays shut when it is not the one that was journalled', async () => {
    publish(voted.cast.slice(1));
    await withSeed('confirmed');
    await member.openBox(sealed);
    expect(openings()).toEqual([]);
    expect(member.opening.value?.words).toContain('không khớp');
  });

  it('stays shut when another box of the same vote was opened before', async () => {
    publish();
    await withSeed('confirmed');
    await member.openBox(sealed);
    const fewer = holdVote(council, 6, shape, [[[0]], [[1]]]);
    publish(fewer.cast);
    await load();
    show(committeeOf(council), sealed);
    await member.advance();
    await member.openBox({ ...sealed, number: 2, hash: fewer.box.hash });
    expect(openings()).toEqual([]);
    expect(member.opening.value?.words).toContain('hòm phiếu khác');
  });

  it('stays shut when it cannot be fetched, and may be tried again', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('', { status: 404 })));
    await withSeed('confirmed');
    await member.openBox(sealed);
    expect(openings()).toEqual([]);
    expect(member.opening.value?.words).toBeTruthy();
    publish();
    await member.openBox(sealed);
    expect(openings().length).toBe(1);
  });
});

it('who is no member has nothing to do', async () => {
  show(committeeOf(council, 'asked'));
  store.you.value = { id: PERSONS[4]! };
  await member.advance();
  await member.joinCommittee();
  expect(store.ask).not.toHaveBeenCalled();
  expect(member.isMember.value).toBe(false);
});
