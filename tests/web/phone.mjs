// A delegate's phone through a day: tried before the sitting, asleep, in a lift, on a slow network, with
// papers and a vote; the page is never loaded again.
//
//   phone.mjs KYHOP            (Chromium: only its driver can freeze a page and cut its network)

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from './api-client.mjs';
import { findText, launch, openAs, press, shoot, violations } from './browser.mjs';
import { Pipe } from './pipe.mjs';
import { Server } from './server.mjs';
import { check, equal, isolate, story, until } from './tap.mjs';

if (isolate(import.meta.url)) await new Promise(() => undefined);

const [program] = process.argv.slice(2);
const SLOW = { latency_ms: 400, bytesPerSecond: 20_000 }; // a bad 3G, each way
const OFF = { offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 };
const WELL = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
const rosterText = `id,name,title,group,seat,birth,roles
ct,Lương Hữu Tuấn,Chủ tịch,Tổ 1,A1,1960-01-01,chair delegate
${Array.from({ length: 8 }, (_, i) => `d${i + 2},Đại biểu Thử ${i + 2},,Tổ ${i % 3},A${i + 2},1970-01-01,delegate`).join('\n')}
`;
const api = {};
let server;
let browser;
let phone;
let driver;
let other;
let pipe;

const network = (how) => driver.send('Network.emulateNetworkConditions', how);
/** Another app in front, and the page frozen behind it, as a phone does; then back again. */
const sleep = async () => {
  await other.bringToFront();
  await driver.send('Page.setWebLifecycleState', { state: 'frozen' });
};
const wake = async () => {
  await driver.send('Page.setWebLifecycleState', { state: 'active' });
  await phone.bringToFront();
};
const next = (wanted) => until(() => phone.$eval('.action-bar', (e, w) => e.dataset.next === w, wanted), `the thing to do is ${wanted}`, 20_000);
const banner = () => phone.$('.link-banner');
/** A mark that a reload would wipe out. */
const mark = () => phone.evaluate(() => (window.notReloaded = true));
const marked = async () => check(await phone.evaluate(() => window.notReloaded === true), 'the page was loaded again');
const papers = (item, files) => {
  const folder = join(server.folder, 'config/demo/documents', item);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
};

await story(
  [
    ['before the session the one thing to do is trying the microphone', async () => {
      server = await Server.start(program, { rosterText, settings: '{ quorum = "none" }' });
      browser = await launch('chrome');
      for (const id of ['ct', 'd3', 'd4']) api[id] = await ApiClient.login(server, await server.invite(id));
      pipe = await Pipe.start(server.port);
      phone = await openAs(browser, { url: pipe.url, invite: (id) => server.invite(id) }, 'd2', 'phone');
      other = await phone.browserContext().newPage();
      await phone.bringToFront();
      driver = await phone.createCDPSession();
      await driver.send('Network.enable');
      await next('check_mic');
      await findText(phone, '.action-note', 'Kỳ họp chưa khai mạc');
      await shoot(phone, 'phone-before');
      await press(phone, 'Thử micro', 'button.big');
      await findText(phone, 'dialog', 'Micro tốt', 15_000); // the pretended microphone beeps
      await press(phone, 'Ghi 4 giây', 'dialog button');
      await findText(phone, 'dialog', 'Đang phát lại', 10_000);
      await shoot(phone, 'phone-mic-check', ['phone']);
      await press(phone, 'Đóng', 'dialog button');
      await next('closed');
      await mark();
    }],

    ['papers: those of the item at hand and those of the others, with size and ending', async () => {
      papers('thao-luan', { '01 Tờ trình về quy hoạch sử dụng đất giai đoạn 2021–2030.pdf': 'x'.repeat(1_300_000), 'closed/Báo cáo mật.pdf': 'y' });
      papers('chat-van', { 'Danh sách chất vấn.csv': 'a,b\n' });
      await api.ct.call('session.open', {});
      await next('check_in');
      await press(phone, 'Điểm danh có mặt', 'button.big');
      await next('between');
      await api.ct.call('attendance.check_in');
      await api.d3.call('attendance.check_in');
      await api.ct.call('sitting.open');
      await next('ask');
      await api.ct.call('agenda.start', { item: 'thao-luan' });
      const paper = await findText(phone, '.item-card .documents a', 'Tờ trình về quy hoạch');
      check(/PDF · 1[.,]3 MB/.test(await paper.evaluate((e) => e.innerText)), 'ending and size');
      await findText(phone, '.item-card .documents', 'chỉ đại biểu được xem');
      equal(await phone.evaluate(async (url) => (await fetch(url)).status, await paper.evaluate((e) => e.href)), 200, 'the paper');
      await press(phone, 'Tài liệu của các nội dung khác', 'summary');
      await press(phone, 'Chất vấn và trả lời', '.other-documents li summary');
      await findText(phone, '.other-documents', 'Danh sách chất vấn');
      await shoot(phone, 'phone-papers');
      check((await violations(phone)).length === 0, (await violations(phone)).join('\n'));
    }],

    ['in a lift: the page says so, and is right again by itself when the network is back', async () => {
      await network(OFF);
      await findText(phone, '.link-banner', 'Mất kết nối', 25_000);
      await next('reconnecting');
      await shoot(phone, 'phone-lost', ['phone']);
      await api.d3.call('floor.request', { kind: 'speech', note: 'Trong lúc mất mạng' });
      await api.ct.call('floor.next', {});
      await network(WELL);
      await until(async () => !(await banner()), 'the line is back', 15_000);
      await findText(phone, '.now', 'Đại biểu Thử 3');
      await next('ask');
      await marked();
    }],

    ['a press in a dead spot is sent once when the network is back', async () => {
      await network(OFF);
      await press(phone, 'Đăng ký phát biểu', 'button.big');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await network(WELL);
      await next('waiting');
      const { state } = await api.ct.call('state.get');
      equal(state.floor.queue.filter((w) => w.person === 'd2').length, 1, 'requests');
      await marked();
    }],

    ['asleep for a while: on waking the page shows what happened meanwhile, without a reload', async () => {
      await sleep();
      await api.d3.call('floor.release');
      await api.ct.call('floor.next', {});
      await api.ct.call('mic.mute', { person: 'd2' });
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      await wake();
      await next('locked');
      await findText(phone, '.speaking', 'Chủ tọa đã tắt micro của bạn');
      await api.ct.call('mic.unmute', { person: 'd2' });
      await next('release');
      await press(phone, 'Tắt micro của tôi');
      await next('unmute');
      await shoot(phone, 'phone-muted', ['phone']);
      await press(phone, 'Bật micro của tôi', 'button.big');
      await next('release');
      await press(phone, 'Kết thúc phát biểu', 'button.big');
      await next('ask');
      await marked();
    }],

    ['asleep while the server began anew: on waking all is right', async () => {
      await sleep();
      Object.values(api).forEach((client) => client.close());
      await server.kill();
      await server.up();
      for (const id of ['ct', 'd3']) api[id] = await ApiClient.login(server, await server.invite(id));
      await api.ct.call('vote.open', { type: 'agenda', question: 'Điều chỉnh chương trình kỳ họp' });
      await wake();
      await next('vote');
      await findText(phone, '.cast h2', 'Điều chỉnh chương trình kỳ họp');
      await marked();
    }],

    ['on a slow network a vote is cast once and shown as the server recorded it', async () => {
      Object.assign(pipe, SLOW);
      const sent = Date.now();
      await press(phone, 'Tán thành', 'button.ballot-option');
      await findText(phone, '.recorded', 'Tán thành');
      check(Date.now() - sent >= 800, 'the network was slow');
      await shoot(phone, 'phone-voted', ['phone']);
      await api.ct.call('vote.close', { vote: 1 });
      await findText(phone, '.own-vote', 'bạn chọn: Tán thành');
      await new Promise((resolve) => setTimeout(resolve, 11_000)); // a question whether the line lives, and more
      check(!(await banner()), 'no false alarm');
      const started = Date.now();
      const first = await openAs(browser, { url: pipe.url, invite: (id) => server.invite(id) }, 'd5', 'phone');
      console.log(`# the page of another is there after ${Date.now() - started} ms on this network`);
      await first.close();
      Object.assign(pipe, { latency_ms: 0, bytesPerSecond: Infinity });
      await marked();
    }],

    ['a proxy: given on the phone, told, taken back', async () => {
      await phone.$eval('.proxy-panel', (e) => (e.open = true));
      await press(phone, 'Ủy quyền…', '.proxy-panel button');
      await phone.type('dialog input[type=search]', 'thu 3');
      await (await phone.waitForSelector('dialog .pick-row input')).click();
      await shoot(phone, 'phone-proxy', ['phone']);
      await press(phone, 'Ủy quyền', 'dialog button.primary');
      await findText(phone, '.proxy-panel', 'Đại biểu Thử 3 biểu quyết thay bạn');
      await press(phone, 'Rút lại', '.proxy-panel button');
      await findText(phone, '.proxy-panel', 'Vắng mặt?');
    }],

    ['every width and light is well made', async () => {
      for (const theme of ['light', 'dark', 'contrast']) {
        await phone.evaluate((name) => (document.documentElement.dataset.theme = name), theme);
        check((await violations(phone)).length === 0, (await violations(phone)).join('\n'));
        await shoot(phone, `phone-${theme}`);
      }
      await marked();
    }],
  ],
  async () => {
    Object.values(api).forEach((client) => client.close());
    await browser?.close();
    pipe?.stop();
    await server?.stop();
  },
);
