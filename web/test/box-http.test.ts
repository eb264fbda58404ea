// The requests that carry a ballot: nothing in them says who sends it, and an answer that did not come is
// not taken for a refusal.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { dropBallot, fetchBox } from '../src/api/box';

afterEach(() => vi.unstubAllGlobals());

const ballot = { vote: 3, serial: 's', token: 't', ballot: 'b' };
const reason = { code: 'paper', reason: { vi: 'Phiếu đã dùng.', en: 'Used.' }, rule: '883' };

const answered = (status: number, body: unknown) => {
  const fetch = vi.fn((_path: string, _init: RequestInit) => Promise.resolve(new Response(JSON.stringify(body), { status })));
  vi.stubGlobal('fetch', fetch);
  return fetch;
};

describe('a ballot on its way', () => {
  it('goes without login, address of the page or anything beside itself', async () => {
    const fetch = answered(200, { in_box: true });
    expect(await dropBallot('hải phòng', ballot)).toEqual({ is: 'in_box' });
    const [path, init] = fetch.mock.calls[0]!;
    expect(path).toBe('/box/h%E1%BA%A3i%20ph%C3%B2ng');
    expect(init).toMatchObject({ method: 'POST', credentials: 'omit', referrerPolicy: 'no-referrer', cache: 'no-store', redirect: 'error' });
    expect(init.headers).toEqual({ 'Content-Type': 'application/json' });
    expect(JSON.parse(String(init.body))).toEqual(ballot);
  });

  it.each([[reason], [{ error: reason }]])('is refused with the reason as told', async (body) => {
    answered(409, body);
    expect(await dropBallot('hp', ballot)).toMatchObject({ is: 'refused', reason });
  });

  it('is refused without words when there are none', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('not found', { status: 404 })));
    expect(await dropBallot('hp', ballot)).toEqual({ is: 'refused', reason: { code: '' } });
  });

  it.each([408, 429, 500, 502, 503])('may be sent again after %i', async (status) => {
    answered(status, reason);
    expect(await dropBallot('hp', ballot)).toEqual({ is: 'unknown' });
  });

  it('may be sent again when the line broke, or somebody else answered', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')));
    expect(await dropBallot('hp', ballot)).toEqual({ is: 'unknown' });
    answered(200, { welcome: 'to this hotel' });
    expect(await dropBallot('hp', ballot)).toEqual({ is: 'unknown' });
  });

  it('is given up after a while when no answer comes', async () => {
    vi.useFakeTimers();
    vi.stubGlobal('fetch', (_: string, init: RequestInit) =>
      new Promise((_done, fail) => init.signal?.addEventListener('abort', () => fail(new Error('aborted')))));
    const dropped = dropBallot('hp', ballot);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await dropped).toEqual({ is: 'unknown' });
    vi.useRealTimers();
  });
});

describe('the published box', () => {
  it('is fetched without login', async () => {
    const fetch = answered(200, { entries: [] });
    expect(await fetchBox('hp', 7)).toEqual({ entries: [] });
    expect(fetch.mock.calls[0]).toEqual(['/box/hp/7', expect.objectContaining({ credentials: 'omit', referrerPolicy: 'no-referrer' })]);
  });
  it('is an error when it is not there', async () => {
    answered(404, {});
    await expect(fetchBox('hp', 7)).rejects.toThrow('404');
  });
});
