// Networks that block: UDP only (the sound goes over TCP and the page says so), all sound (the page says
// what to do, votes still work, and the sound comes by itself when the network allows it), and a
// microphone that is not there.
//
//   blocked.mjs KYHOP          Chromium: only it can be told to use no UDP

import { execFileSync } from 'node:child_process';
import { ApiClient } from './api-client.mjs';
import { findText, launch, openAs, press, violations } from './browser.mjs';
import { Server } from './server.mjs';
import { check, isolate, MEDIA_ADDRESS, story } from './tap.mjs';

if (isolate(import.meta.url)) await new Promise(() => undefined);

const [program] = process.argv.slice(2);
const route = (what) =>
  execFileSync('ip', ['route', what, 'local', MEDIA_ADDRESS, 'dev', 'media', 'table', 'local']);

/** A computer without any microphone. */
const withoutMicrophone = () => {
  navigator.mediaDevices.getUserMedia = () =>
    Promise.reject(new DOMException('Requested device not found', 'NotFoundError'));
};

let server;
let browser;
let noUdp;
let chair;

await story(
  [
    ['UDP is blocked: the sound goes over TCP, and the page says so', async () => {
      server = await Server.start(program, { settings: '{ quorum = "none" }' });
      chair = await ApiClient.login(server, await server.invite('db01'));
      await chair.call('session.open');
      noUdp = await launch('chrome', { more: ['--webrtc-ip-handling-policy=disable_non_proxied_udp'] });
      const page = await openAs(noUdp, server, 'db02', 'phone');
      await press(page, 'Dự từ xa');
      await findText(page, '.sound-bar', 'Đang nghe phòng họp', 20_000);
      await press(page, 'Chi tiết');
      await findText(page, '.figures', 'TCP', 15_000);
      await findText(page, '.sound-details', 'chặn UDP');
    }],

    ['all sound is blocked: the page says what to do, and one still takes part', async () => {
      browser = await launch('chrome');
      const page = await openAs(browser, server, 'db03', 'phone');
      route('del');
      await press(page, 'Dự từ xa');
      await findText(page, '.trouble', 'Hãy thử mạng khác', 60_000);
      await findText(page, '.sound-bar', 'vẫn đang thử');
      check((await violations(page)).length === 0, (await violations(page)).join('\n'));
      await chair.call('sitting.open');
      await chair.call('agenda.start', { item: 'thao-luan' });
      await press(page, 'Đăng ký phát biểu', 'button.big');
      await findText(page, '.waiting', 'vị trí thứ 1');
      route('add');
      await findText(page, '.sound-bar', 'Đang nghe phòng họp', 60_000);
      await findText(page, '.waiting', 'vị trí thứ 1');
    }],

    ['without any microphone: the page says so, and one hears the hall', async () => {
      const page = await openAs(browser, server, 'db04', 'phone', withoutMicrophone);
      await press(page, 'Dự từ xa');
      await findText(page, '.trouble', 'Không thấy micro nào');
      await findText(page, '.sound-bar', 'chưa có micro', 20_000);
    }],

    ['the server is gone: the page says that it tries by itself', async () => {
      const [page] = (await browser.pages()).slice(-1);
      await server.kill();
      await findText(page, '.link-banner', 'Mất kết nối', 20_000);
      await findText(page, '.link-banner', 'tự kết nối lại');
      await server.up();
    }],
  ],
  async () => {
    chair?.close();
    await noUdp?.close();
    await browser?.close();
    await server?.stop();
  },
);
