// The delegate's page as a microphone and a loudspeaker, through the real server: heard when called,
// silent for all when muted, back by itself after the server was gone, and honest about trouble.
//
//   sound.mjs KYHOP BROWSER

import { ApiClient } from './api-client.mjs';
import { findText, launch, openAs, press, shoot, violations } from './browser.mjs';
import { Server } from './server.mjs';
import { check, isolate, story, until } from './tap.mjs';

if (isolate(import.meta.url)) await new Promise(() => undefined);

const [program, kind] = process.argv.slice(2);
let server;
let browser;
let denied;
let chair;
let speaker;
let listener;

/** Energy that the newest connection of a page has received so far (RTCInboundRtpStreamStats). */
const energy = (page) =>
  page.evaluate(async () => {
    const connection = window.connections.filter((c) => c.connectionState === 'connected').at(-1);
    let total = 0;
    (await connection?.getStats())?.forEach((entry) => {
      if (entry.type === 'inbound-rtp') total = entry.totalAudioEnergy ?? 0;
    });
    return total;
  });

/** How much more it gets in `ms`. */
const gain = async (page, ms = 2_500) => {
  const before = await energy(page);
  await new Promise((resolve) => setTimeout(resolve, ms));
  return (await energy(page)) - before;
};

/** The page keeps no handle on its connections; the test does. */
const watchConnections = () => {
  const Real = window.RTCPeerConnection;
  window.connections = [];
  window.RTCPeerConnection = class extends Real {
    constructor(...args) {
      super(...args);
      window.connections.push(this);
    }
  };
};

const HEARD = 1e-5;
const SILENCE = 1e-7;

await story(
  [
    ['a speaker and a listener join from their pages', async () => {
      server = await Server.start(program, { settings: '{ quorum = "none" }' });
      browser = await launch(kind);
      chair = await ApiClient.login(server, await server.invite('db01'));
      await chair.call('session.open');
      speaker = await openAs(browser, server, 'db02', 'phone', watchConnections);
      listener = await openAs(browser, server, 'db03', 'phone', watchConnections);
      for (const page of [speaker, listener]) {
        await page.bringToFront();
        const pressed = Date.now();
        await press(page, 'Dự từ xa');
        await findText(page, '.sound-bar', 'Đang nghe phòng họp', 15_000);
        console.log(`# ${page.person} hears the hall ${Date.now() - pressed} ms after the press`);
      }
      await chair.call('sitting.open');
      await chair.call('agenda.start', { item: 'thao-luan' });
    }],

    ['without the floor nothing is heard, though the page is connected', async () => {
      check((await gain(listener)) < SILENCE, 'sound without the floor');
    }],

    ['called: the listener hears the speaker, the speaker does not hear themselves', async () => {
      await press(speaker, 'Đăng ký phát biểu', 'button.big');
      await findText(speaker, '.waiting', 'vị trí thứ 1');
      await chair.call('floor.next');
      await findText(speaker, '.speaking', 'Micro của bạn đang mở');
      await until(async () => (await gain(listener, 1_000)) > HEARD, 'the listener hears', 10_000);
      const [heard, own] = await Promise.all([gain(listener), gain(speaker)]);
      console.log(`# energy in 2.5 s: listener ${heard.toExponential(1)}, speaker ${own.toExponential(1)}`);
      check(heard > HEARD, 'the listener hears the speaker');
      check(own < heard / 100, 'the speaker hears no echo');
    }],

    ['the page shows that the hall hears it, by the server’s own measure', async () => {
      await findText(speaker, '.speaking', 'Phòng họp đang nghe bạn');
      await speaker.bringToFront();
      await press(speaker, 'Chi tiết');
      await findText(speaker, '.figures', 'UDP');
      await until(async () => /-\d+ dB/.test(await speaker.$eval('.figures', (e) => e.innerText)), 'a level in dB');
      await shoot(speaker, `${kind}-sound-details`, ['phone']);
      check((await violations(speaker)).length === 0, (await violations(speaker)).join('\n'));
    }],

    ['muted by the chair: silence for all within a second; unmuted: heard again', async () => {
      await chair.call('mic.mute', { person: 'db02' });
      await findText(speaker, '.speaking', 'Chủ tọa đã tắt micro của bạn');
      await new Promise((resolve) => setTimeout(resolve, 700));
      check((await gain(listener)) < SILENCE, 'sound though muted');
      await chair.call('mic.unmute', { person: 'db02' });
      await until(async () => (await gain(listener, 1_000)) > HEARD, 'heard again', 10_000);
    }],

    ['the server is gone and comes back: so does the sound, with the floor and the clock', async () => {
      const left = await speaker.$eval('[data-countdown]', (e) => e.textContent);
      await server.kill();
      await findText(speaker, '.link-banner', 'Mất kết nối');
      await server.up();
      for (const page of [speaker, listener]) {
        await page.bringToFront();
        await findText(page, '.sound-bar', 'Đang nghe phòng họp', 30_000);
      }
      await findText(speaker, '.speaking', 'Micro của bạn đang mở');
      await until(async () => (await gain(listener, 1_000)) > HEARD, 'heard again', 15_000);
      const now = await speaker.$eval('[data-countdown]', (e) => e.textContent);
      console.log(`# time left ${left} before, ${now} after`);
      check(now < left, 'the clock went on');
    }],

    ['another login takes the place over; the first page goes silent', async () => {
      const second = await openAs(browser, server, 'db02', 'phone', watchConnections);
      await press(second, 'Tiếp tục ở đây');
      await press(second, 'Vào nghe phòng họp');
      await findText(second, '.sound-bar', 'Đang nghe phòng họp', 15_000);
      await findText(speaker, 'h1', 'Đã chuyển sang thiết bị khác');
      await until(async () => (await gain(listener, 1_000)) > HEARD, 'heard from the new page', 15_000);
      await until(() => speaker.evaluate(() => window.connections.every((c) => c.connectionState === 'closed')),
        'the first page closed its sound');
    }],

    ['leaving the sound leaves the floor', async () => {
      await listener.bringToFront();
      await press(listener, 'Chi tiết');
      await press(listener, 'Rời âm thanh');
      await findText(listener, '.sound-bar', 'Vào nghe phòng họp');
    }],

    ['without permission for the microphone one can still listen, and is told what to do', async () => {
      denied = await launch(kind, { allowed: false });
      const page = await openAs(denied, server, 'db04', 'phone', watchConnections);
      await press(page, 'Dự từ xa');
      await findText(page, '.trouble', 'cho phép Micro');
      await findText(page, '.sound-bar', 'chưa có micro', 15_000);
      await until(async () => (await gain(page, 1_000)) > HEARD, 'hears without a microphone', 10_000);
      await shoot(page, `${kind}-sound-denied`, ['phone']);
      check((await violations(page)).length === 0, (await violations(page)).join('\n'));
    }],
  ],
  async () => {
    chair?.close();
    await denied?.close();
    await browser?.close();
    await server?.stop();
  },
);
