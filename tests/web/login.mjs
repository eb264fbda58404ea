// From the printed card to the page: the card's QR code is held before the camera, and its owner is in.
//
//   login.mjs KYHOP            (Chromium: only it takes a file for a camera)

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findText, launch, openAs, press, shoot, violations } from './browser.mjs';
import { Server } from './server.mjs';
import { check, equal, story, until } from './tap.mjs';

const [program] = process.argv.slice(2);
const WIDTH = 640;
const HEIGHT = 480;
const PIXELS = 6; // of a module
const LONG = 'Công Tằng Tôn Nữ Nguyễn Phúc Khánh Hòa Thục Trinh';
const rosterText = `id,name,title,group,seat,birth,roles
ct,Lương Hữu Tuấn,Chủ tịch,Tổ 1,A1,1960-01-01,chair delegate
d2,${LONG},Phó Trưởng ban Văn hóa – Xã hội kiêm Chủ tịch Liên minh Hợp tác xã,Tổ đại biểu huyện đảo Bạch Long Vĩ và Cát Hải,B1,1970-01-01,delegate
${Array.from({ length: 6 }, (_, i) => `d${i + 3},Đại biểu Thử ${i + 3},,Tổ ${i % 3},A${i + 3},1970-01-01,delegate`).join('\n')}
`;
let server;
let browser;
let sheet;
let page;

/** The dark modules of a card's drawing, as rows of true and false. */
const modulesOf = (svg) => {
  const size = Number(/viewBox="-4 -4 (\d+) /.exec(svg)[1]) - 8;
  const rows = Array.from({ length: size }, () => Array(size).fill(false));
  for (const [, x, y, width] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1/g))
    for (let i = 0; i < Number(width); i++) rows[Number(y)][Number(x) + i] = true;
  return rows;
};

/** A film of the card on a grey table, as a camera sees it. */
const film = (rows, path) => {
  const left = Math.floor((WIDTH - rows.length * PIXELS) / 2);
  const top = Math.floor((HEIGHT - rows.length * PIXELS) / 2);
  const border = 4 * PIXELS;
  const light = Buffer.alloc(WIDTH * HEIGHT, 110);
  for (let y = top - border; y < top + rows.length * PIXELS + border; y++)
    for (let x = left - border; x < left + rows.length * PIXELS + border; x++) {
      const dark = rows[Math.floor((y - top) / PIXELS)]?.[Math.floor((x - left) / PIXELS)] ?? false;
      light[y * WIDTH + x] = dark ? 40 : 225;
    }
  const frame = Buffer.concat([Buffer.from('FRAME\n'), light, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)]);
  writeFileSync(path, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`), ...Array(10).fill(frame)]));
};

const nobody = async (before = null, size = [390, 844]) => {
  const context = await browser.createBrowserContext();
  const opened = await context.newPage();
  if (before) await opened.evaluateOnNewDocument(before);
  await opened.setViewport({ width: size[0], height: size[1] });
  opened.person = 'nobody';
  opened.problems = [];
  opened.on('pageerror', (error) => opened.problems.push(error.message));
  opened.on('console', (m) => m.type() === 'error' && !/status of 40[134]/.test(m.text()) && opened.problems.push(m.text()));
  await opened.goto(server.url);
  await opened.waitForSelector('input.code');
  return opened;
};

await story(
  [
    ['the cards are printed: one each, long names whole', async () => {
      server = await Server.start(program, { rosterText, settings: '{ quorum = "none" }' });
      sheet = join(server.folder, 'cards.html');
      await promisify(execFile)(program, ['invite', server.config, '--all', '--html', sheet, '--url', server.url]);
      browser = await launch('chrome');
      const cards = await browser.newPage();
      await cards.setViewport({ width: 1280, height: 1000 });
      await cards.goto(`file://${sheet}`);
      equal((await cards.$$('article')).length, 8, 'cards');
      const cut = await cards.$$eval('article', (all) => all.filter((a) => a.scrollWidth > a.clientWidth || a.scrollHeight > a.clientHeight).length);
      equal(cut, 0, 'cards that are cut off');
      await shoot(cards, 'login-cards');
      await browser.close();
    }],

    ['the camera reads the card, and its owner is in', async () => {
      const card = readFileSync(sheet, 'utf8').split('<article>').find((text) => text.includes(LONG));
      const path = join(server.folder, 'card.y4m');
      film(modulesOf(card), path);
      browser = await launch('chrome', { more: [`--use-file-for-fake-video-capture=${path}`] });
      page = await nobody();
      await shoot(page, 'login');
      check((await violations(page)).length === 0, (await violations(page)).join('\n'));
      await press(page, 'Quét mã QR');
      await page.waitForSelector('.page.delegate', { timeout: 20_000 });
      await findText(page, '.menu-button', 'Công Tằng');
      check(!(await page.$('dialog')), 'the camera is closed');
      equal(await page.evaluate(() => location.href), `${server.url}/`, 'the address');
      check(page.problems.length === 0, page.problems.join('\n'));
    }],

    ['the code is used up: the same card is refused elsewhere, in words', async () => {
      const second = await nobody();
      await press(second, 'Quét mã QR');
      await findText(second, '#login-trouble', 'Mã không đúng hoặc đã dùng', 20_000);
      await shoot(second, 'login-used', ['phone']);
      await second.close();
    }],

    ['where the browser reads codes itself it is asked; a card of another server is told apart', async () => {
      const other = await nobody(() => {
        globalThis.BarcodeDetector = class {
          static getSupportedFormats() {
            return Promise.resolve(['qr_code']);
          }
          detect() {
            return Promise.resolve([{ rawValue: 'https://khac.example.vn/#login=ABCDEFGH' }]);
          }
        };
      });
      await press(other, 'Quét mã QR');
      await findText(other, 'dialog', 'Mã này là của máy chủ khác');
      await shoot(other, 'login-scan', ['phone', 'laptop']);
      check((await violations(other)).length === 0, (await violations(other)).join('\n'));
      await press(other, 'Đóng', 'dialog button');
      await other.close();
    }],

    ['a second login asks, takes over, and the first page says so', async () => {
      const second = await openAs(browser, server, 'd2', 'phone');
      await findText(second, 'h1', 'Bạn đang đăng nhập ở thiết bị khác');
      await press(second, 'Tiếp tục ở đây');
      await second.waitForSelector('.page.delegate');
      await findText(page, 'h1', 'Đã chuyển sang thiết bị khác');
      await shoot(page, 'login-taken', ['phone']);
      await browser.close();
    }],

    ['without leave to use the camera the page says what to do, and the code can be typed', async () => {
      browser = await launch('chrome', { allowed: false });
      const refused = await nobody();
      await press(refused, 'Quét mã QR');
      await findText(refused, 'dialog', 'chưa được phép dùng máy ảnh');
      await press(refused, 'Đóng', 'dialog button');
      await refused.type('input.code', await server.invite('d3'));
      await press(refused, 'Vào');
      await refused.waitForSelector('.page.delegate');
      await until(async () => (await refused.$$('.login-card')).length === 0, 'in');
    }],
  ],
  async () => {
    await browser?.close();
    await server?.stop();
  },
);
