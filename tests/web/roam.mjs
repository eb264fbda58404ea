// A remote delegate's network changes: from Wi-Fi to the mobile network, and away and back. The sound
// comes back by itself, with the same place in the queue and the same time left.
//
//   roam.mjs KYHOP BROWSER

import { execFileSync } from 'node:child_process';
import { ApiClient } from './api-client.mjs';
import { findText, launch, openAs, press } from './browser.mjs';
import { Server } from './server.mjs';
import { check, equal, isolate, MEDIA_ADDRESS, story, until } from './tap.mjs';

if (isolate(import.meta.url)) await new Promise(() => undefined);

const [program, kind] = process.argv.slice(2);
const MOBILE_ADDRESS = '10.79.0.1';
let server;
let browser;
let chair;
let speaker;
let waiting;

const ip = (...args) => execFileSync('ip', args);

/** A network whose packets go nowhere: the server keeps its address, nobody reaches it there. */
const networks = { wifi: [MEDIA_ADDRESS, 'media'], mobile: [MOBILE_ADDRESS, 'mobile'] };
const cut = (name) => ip('route', 'del', 'local', networks[name][0], 'dev', networks[name][1], 'table', 'local');
const mend = (name) => ip('route', 'add', 'local', networks[name][0], 'dev', networks[name][1], 'table', 'local');

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

const packets = (page) =>
  page.evaluate(async () => {
    let total = 0;
    for (const connection of window.connections)
      (await connection.getStats()).forEach((entry) => {
        if (entry.type === 'inbound-rtp') total += entry.packetsReceived ?? 0;
      });
    return total;
  });

const flows = async (page) => {
  const before = await packets(page);
  await new Promise((resolve) => setTimeout(resolve, 500));
  return (await packets(page)) > before + 5;
};

const speech = async () => (await chair.call('state.get')).state.floor.speeches[0];

/** What the browser says when its network is gone or there again. */
const tell = (type) =>
  Promise.all([speaker, waiting].map((page) => page.evaluate((t) => window.dispatchEvent(new Event(t)), type)));

const backAgain = async (since) => {
  for (const page of [speaker, waiting]) {
    await until(() => flows(page), `${page.person} has sound again`, 30_000);
    console.log(`# ${page.person}: sound back ${Date.now() - since} ms after the new network`);
  }
};

const samePlace = async (before) => {
  const after = await speech();
  equal(after.person, 'db02', 'the speaker');
  equal(after.ends_at, before.ends_at, 'the end of the speech');
  equal(after.mic, 'live', 'the microphone');
  for (const page of [speaker, waiting]) await findText(page, '.sound-bar', 'Đang nghe phòng họp', 20_000);
  await findText(speaker, '.speaking', 'Micro của bạn đang mở');
  await findText(waiting, '.waiting', 'vị trí thứ 1');
};

await story(
  [
    ['one speaks and one waits, both by Wi-Fi', async () => {
      ip('link', 'add', 'mobile', 'type', 'veth', 'peer', 'name', 'beyond');
      ip('addr', 'add', `${MOBILE_ADDRESS}/24`, 'dev', 'mobile');
      for (const device of ['mobile', 'beyond']) ip('link', 'set', device, 'up');
      server = await Server.start(program, {
        settings: '{ quorum = "none" }', addresses: [MEDIA_ADDRESS, MOBILE_ADDRESS],
      });
      cut('mobile');
      browser = await launch(kind);
      chair = await ApiClient.login(server, await server.invite('db01'));
      await chair.call('session.open');
      speaker = await openAs(browser, server, 'db02', 'phone', watchConnections);
      waiting = await openAs(browser, server, 'db03', 'phone', watchConnections);
      for (const page of [speaker, waiting]) {
        await page.bringToFront();
        await press(page, 'Dự từ xa');
        await findText(page, '.sound-bar', 'Đang nghe phòng họp', 15_000);
      }
      await chair.call('sitting.open');
      await chair.call('agenda.start', { item: 'thao-luan' });
      for (const page of [speaker, waiting]) {
        await press(page, 'Đăng ký phát biểu', 'button.big');
        await findText(page, '.waiting', 'vị trí thứ');
      }
      await chair.call('floor.next');
      await findText(speaker, '.speaking', 'Micro của bạn đang mở');
      await findText(waiting, '.waiting', 'vị trí thứ 1');
      check(await flows(speaker), 'the speaker has sound');
    }],

    ['from Wi-Fi to the mobile network: the sound comes back, place and time stay', async () => {
      const before = await speech();
      cut('wifi');
      await until(async () => !(await flows(speaker)), 'the sound is cut');
      mend('mobile');
      const since = Date.now();
      await tell('online');
      await backAgain(since);
      await samePlace(before);
    }],

    ['no network for ten seconds: the page says so and comes back', async () => {
      const before = await speech();
      cut('mobile');
      await tell('offline');
      await findText(speaker, '.sound-bar', 'đang kết nối lại', 20_000);
      mend('wifi');
      const since = Date.now();
      await tell('online');
      await backAgain(since);
      await samePlace(before);
    }],

    ['without a word of the browser the page finds out by itself, too', async () => {
      const before = await speech();
      cut('wifi');
      mend('mobile');
      await backAgain(Date.now());
      await samePlace(before);
    }],
  ],
  async () => {
    chair?.close();
    await browser?.close();
    await server?.stop();
  },
);
