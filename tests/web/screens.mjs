// Remaining time on several screens at one instant: the chair's page, the hall's screen and a delegate's,
// whose devices have clocks that are minutes wrong. And the same after the line was cut.
//
//   screens.mjs KYHOP BROWSER

import { ApiClient } from './api-client.mjs';
import { findText, launch, openAs, press } from './browser.mjs';
import { Server } from './server.mjs';
import { check, story, until } from './tap.mjs';

const [program, kind] = process.argv.slice(2);
const APART_MS = 50;
const TICK_MS = 100; // pages renew the time on whole tenths of a second
const WATCH_MS = 8_000;
let server;
let browser;
let delegate;
let pages;

/** A device whose clock is wrong; what is measured below does not use it. */
const wrongBy = (ms) => `{
  const right = Date.now;
  Date.now = () => right.call(Date) + ${ms};
}`;

/** When each page changed to each text, by the machine's own clock, which all share. */
const watch = async () => {
  await Promise.all(pages.map((page) => page.evaluate(() => {
    window.changes = {};
    const time = document.querySelector('[data-countdown]');
    window.watcher = new MutationObserver(() => (window.changes[time.textContent] = performance.timeOrigin + performance.now()));
    window.watcher.observe(time, { characterData: true, childList: true, subtree: true });
  })));
  await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
  return Promise.all(pages.map((page) => page.evaluate(() => {
    window.watcher.disconnect();
    return window.changes;
  })));
};

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const inMs = (text) => {
  const [minutes, seconds] = text.split(':').map(Number);
  return (minutes * 60 + seconds) * 1000;
};

/** At each second: how far apart the screens are, and how far from the server's own end of the speech. */
const compare = async (endsAt) => {
  const seen = await watch();
  const texts = Object.keys(seen[0]).filter((text) => seen.every((changes) => changes[text]));
  check(texts.length >= 4, `only ${texts.length} seconds were seen by all`);
  const apart = texts.map((text) => {
    const at = seen.map((changes) => changes[text]);
    return Math.max(...at) - Math.min(...at);
  });
  const late = texts.flatMap((text) => seen.map((changes) => changes[text] - (endsAt - inMs(text))));
  console.log(`# apart ${apart.map(Math.round).join(', ')} ms; late ${Math.round(median(late))} ms`);
  check(median(apart) <= APART_MS, `the screens differ by ${apart.map(Math.round).join(', ')} ms`);
  // "6:58" comes when 6:58 are left, or at the next tick.
  check(median(late) >= -APART_MS && median(late) <= TICK_MS + APART_MS, `they are ${median(late)} ms late`);
};

const endOfSpeech = async () => Date.parse((await delegate.call('state.get')).state.floor.speeches[0].ends_at);

await story(
  [
    ['three devices with wrong clocks follow one speech', async () => {
      server = await Server.start(program, { settings: '{ quorum = "none" }' });
      browser = await launch(kind);
      delegate = await ApiClient.login(server, await server.invite('db03'));
      pages = [
        await openAs(browser, server, 'db01', 'laptop', wrongBy(90_000)),
        await openAs(browser, server, 'manhinh', 'wide', wrongBy(-240_000)),
        await openAs(browser, server, 'db02', 'phone', wrongBy(0)),
      ];
      const [chair] = pages;
      await press(chair, 'Khai mạc kỳ họp');
      await press(chair, 'Khai mạc kỳ họp', 'dialog button.primary');
      await until(async () => (await delegate.call('state.get')).state.phase === 'break', 'the session');
      await delegate.call('attendance.check_in');
      await press(chair, 'Mở phiên họp');
      await press(chair, 'Bắt đầu: Thảo luận tại hội trường');
      await until(async () => (await delegate.call('state.get')).state.item === 'thao-luan', 'the item');
      await delegate.call('floor.request', { kind: 'speech' });
      await press(chair, 'Mời ', '.panel-foot button.primary');
      for (const page of pages) await page.waitForSelector('[data-countdown]');
    }],

    [`they show the same time within ${APART_MS} ms, and the server’s`, async () => compare(await endOfSpeech())],

    ['the same after an extension and an interruption', async () => {
      const [chair] = pages;
      await press(chair, '+1 phút');
      await press(chair, 'Tạm ngắt');
      await findText(chair, '.ring-note', 'tạm dừng');
      const stood = await Promise.all(pages.map((page) => page.$eval('[data-countdown]', (e) => e.textContent)));
      check(new Set(stood).size === 1, `while it stands still they show ${stood.join(', ')}`);
      await press(chair, 'Nói tiếp', '.speaker-tools button');
      await until(async () => (await delegate.call('state.get')).state.floor.speeches[0].running, 'it goes on');
      await compare(await endOfSpeech());
    }],

    ['the same after a power cut', async () => {
      await server.kill();
      for (const page of pages) await page.waitForSelector('.link-banner');
      await server.up();
      for (const page of pages) await until(async () => !(await page.$('.link-banner')), `${page.person} is back`, 20_000);
      delegate.close();
      delegate = await ApiClient.login(server, await server.invite('db03'));
      await compare(await endOfSpeech());
    }],
  ],
  async () => {
    delegate?.close();
    await browser?.close();
    await server?.stop();
  },
);
