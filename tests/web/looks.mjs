// How the chair's page and the hall's screen look at their worst: nobody there, names of forty letters,
// groups of sixty, thirty who wait, open votes, results, refusals, a lost line; light, dark and high
// contrast. Pictures of all are kept; sizes, overflow and axe are checked.
//
//   looks.mjs KYHOP BROWSER

import { ApiClient } from './api-client.mjs';
import { findText, launch, openAs, press, shoot, violations } from './browser.mjs';
import { Server } from './server.mjs';
import { check, equal, story, until } from './tap.mjs';

const [program, kind] = process.argv.slice(2);
const LONG_NAME = 'Công Tằng Tôn Nữ Nguyễn Phước Hoàng Thiên';
const LONGER_NAME = 'Nguyễn Phúc Công Huyền Tôn Nữ Quỳnh Phương';
const LONG_GROUP = 'Tổ đại biểu số 12 – huyện đảo Bạch Long Vĩ và huyện Cát Hải';
const LONG_QUESTION = 'Nghị quyết về cơ chế, chính sách hỗ trợ doanh nghiệp nhỏ và vừa chuyển đổi số trên địa bàn thành phố';
const FAMILIES = ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Hoàng', 'Vũ', 'Đặng', 'Bùi', 'Đỗ'];
const MIDDLES = ['Văn', 'Thị', 'Hữu', 'Ngọc', 'Quang', 'Thu'];
const GIVEN = ['An', 'Bình', 'Châu', 'Dũng', 'Giang', 'Hường', 'Khoa', 'Linh', 'Mạnh', 'Nghĩa', 'Phượng'];
const COUNCIL = 75;
const id = (i) => `d${i}`;
const nameAt = (i) =>
  i === 2 ? LONG_NAME : i === 3 ? LONGER_NAME
    : [FAMILIES[i % FAMILIES.length], MIDDLES[i % MIDDLES.length], GIVEN[i % GIVEN.length]].join(' ');
const groupAt = (i) => (i === 2 || i === 3 ? LONG_GROUP : `Tổ ${1 + (i % 12)}`);

/** Rows A, B … of so many seats. */
const rosterText = (seats, row) => [
  'id,name,title,group,seat,birth,roles',
  ...Array.from({ length: seats }, (_, n) => n + 1).map((i) =>
    `${id(i)},${nameAt(i)},${i === 1 ? 'Chủ tịch HĐND thành phố' : ''},${groupAt(i)},` +
    `${String.fromCharCode(65 + Math.floor((i - 1) / row))}${1 + ((i - 1) % row)},` +
    `1970-01-01,${i === 1 ? 'chair delegate' : 'delegate'}`),
  'thuky1,Thư ký Một,,,,,secretary',
  'manhinh,Màn hình lớn,,,,,display',
].join('\n');

let server;
let browser;
let chair;
let hall;
let secretary;
const clients = [];

const picture = (page, name) => shoot(page, `${kind}-looks-${name}`);

const theme = async (page, value) => {
  await page.evaluate((wanted) => {
    if (wanted === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = wanted;
  }, value);
};

const inThemes = async (page, name) => {
  const found = [];
  for (const one of ['light', 'dark', 'contrast']) {
    await theme(page, one);
    // A row half under a heading that stays is no trouble of its size.
    await page.evaluate(() => document.querySelectorAll('*').forEach((e) => (e.scrollTop = 0)));
    await shoot(page, `${kind}-looks-${name}-${one}`, page === hall ? ['wide'] : ['laptop']);
    found.push(...(await violations(page)).map((v) => `${name}, ${one}: ${v}`));
  }
  await theme(page, 'light');
  check(found.length === 0, found.join('\n'));
};

const px = (page, selector) => page.$eval(selector, (e) => parseFloat(getComputedStyle(e).fontSize));

/** Words of the hall that nobody can see because they stand outside their box or the screen. */
const cutOff = (page) => page.evaluate(() => {
  const outside = (e) => {
    const box = e.getBoundingClientRect();
    return box.width > 0 && (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1);
  };
  const words = [...document.querySelectorAll('.display p, .display h1, .display h2, .display span, .display td, .display th')];
  return words.filter((e) => !e.closest('.visually-hidden, .display-tools, .ring-text'))
    .filter((e) => e.innerText.trim() !== '' && (outside(e) || e.scrollWidth > e.clientWidth + 2 && getComputedStyle(e).display !== 'inline' && getComputedStyle(e).textOverflow !== 'ellipsis'))
    .map((e) => `${e.className || e.tagName}: ${e.innerText.slice(0, 60)}`);
});

const fits = async (name) => {
  await hall.bringToFront();
  await hall.setViewport({ width: 1920, height: 1080 });
  const cut = await cutOff(hall);
  check(cut.length === 0, `${name}: ${cut.join('\n')}`);
  const over = await hall.$eval('.display-body', (e) => e.scrollHeight - e.clientHeight);
  check(over <= 1, `${name}: ${over} px too high`);
};

const legible = async () => {
  const name = await px(hall, '.display-name');
  const time = await px(hall, '.display-speaker .ring-time');
  check(name >= 96, `the name has ${name} px`);
  check(time >= 200, `the time has ${time} px`);
  // The time stays inside its ring.
  const room = await hall.$eval('.display-speaker .ring', (ring) => {
    const text = ring.querySelector('.ring-time').getBoundingClientRect();
    const circle = ring.querySelector('.ring-track');
    const scale = circle.getBoundingClientRect().width / (2 * circle.r.baseVal.value);
    const inner = (circle.r.baseVal.value - parseFloat(getComputedStyle(circle).strokeWidth) / 2) * scale;
    const box = ring.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    // Digits fill 0.66 of the height of a line.
    const corner = Math.max(Math.abs(text.top + text.height * 0.2 - y), Math.abs(text.bottom - text.height * 0.14 - y));
    return { corner: Math.hypot(Math.max(x - text.left, text.right - x), corner), inner };
  });
  check(room.corner <= room.inner, `the time reaches ${room.corner} px from the middle of a ring of ${room.inner} px`);
};

await story(
  [
    ['nobody is there yet', async () => {
      server = await Server.start(program, { rosterText: rosterText(COUNCIL, 15), settings: '{ quorum = "none" }' });
      browser = await launch(kind);
      chair = await openAs(browser, server, id(1));
      hall = await openAs(browser, server, 'manhinh', 'wide');
      await picture(chair, 'chair-empty');
      await picture(hall, 'hall-empty');
      await fits('empty');
    }],

    ['a sitting without an item, a speaker or a request', async () => {
      secretary = await ApiClient.login(server, await server.invite('thuky1'));
      await press(chair, 'Khai mạc kỳ họp');
      await press(chair, 'Khai mạc kỳ họp', 'dialog button.primary');
      await until(async () => (await chair.$('.sitting .primary')) !== null, 'the session');
      for (let i = 1; i <= 62; i++)
        await secretary.call('attendance.check_in', { person: id(i), ...(i % 20 === 0 ? { remote: true } : {}) });
      await press(chair, 'Mở phiên họp');
      await findText(hall, '.display-question', 'Chưa có nội dung');
      await picture(chair, 'chair-idle');
      await picture(hall, 'hall-idle');
      await fits('idle');
    }],

    ['thirty wait, among them the longest names', async () => {
      await press(chair, 'Bắt đầu: Thảo luận tại hội trường');
      for (let i = 2; i <= 34; i++) {
        const client = await ApiClient.login(server, await server.invite(id(i)));
        clients.push(client);
        const note = i % 7 === 0 ? { note: 'Về tiến độ giải phóng mặt bằng và tái định cư của các dự án trọng điểm' } : {};
        await client.call('floor.request', { kind: i % 9 === 0 ? 'debate' : 'speech', ...note, ...(i % 9 === 0 ? {} : {}) })
          .catch(() => client.call('floor.request', { kind: 'speech', ...note }));
      }
      await findText(chair, '.queue .count', '33');
      await picture(chair, 'chair-queue');
      await inThemes(chair, 'chair-queue');
    }],

    ['the longest name has the floor: readable at fifteen metres', async () => {
      const { floor } = (await secretary.call('state.get')).state;
      const request = floor.queue.find((w) => w.person === id(2)).request;
      await press(chair, `Mời phát biểu: ${LONG_NAME}`);
      await findText(hall, '.display-name', LONG_NAME);
      check(request > 0, 'asked');
      await fits('long name');
      await legible();
      await picture(chair, 'chair-speaker');
      await picture(hall, 'hall-speaker');
      await inThemes(hall, 'hall-speaker');
      await inThemes(chair, 'chair-speaker');
    }],

    ['a second microphone, and a speech of more than ten minutes', async () => {
      await press(chair, `Mời phát biểu: ${LONGER_NAME}`);
      await findText(chair, '.speaker-card', LONGER_NAME);
      await press(chair, `+3 phút: ${LONG_NAME}`);
      await press(chair, `+3 phút: ${LONG_NAME}`);
      await findText(hall, '.display-speaker .ring-time', '1');
      await fits('two speakers');
      await legible();
      await picture(chair, 'chair-two');
      await picture(hall, 'hall-two');
    }],

    ['muted, and whoever is heard stands first', async () => {
      await press(chair, `Tắt micro: ${LONG_NAME}`);
      await findText(hall, '.display-others', 'Chủ tọa tắt');
      await findText(hall, '.display-name', LONGER_NAME); // whoever is heard stands first
      await press(chair, `Tắt micro: ${LONGER_NAME}`);
      await findText(hall, '.display-mic', 'Chủ tọa tắt');
      await fits('muted');
      await picture(hall, 'hall-muted');
      await picture(chair, 'chair-muted');
    }],

    ['an open vote', async () => {
      await chair.focus('#main');
      await chair.keyboard.press('KeyV');
      await chair.waitForSelector('dialog[open] textarea');
      await chair.type('dialog textarea', ` – ${LONG_QUESTION}`);
      await picture(chair, 'chair-vote-form');
      await inThemes(chair, 'chair-vote-form');
      await press(chair, 'Mở biểu quyết', 'dialog button.primary');
      await findText(hall, '.display-kind', 'Mời biểu quyết');
      const { vote } = (await secretary.call('state.get')).state.votes.at(-1);
      await Promise.all(clients.slice(0, 20).map((c) => c.call('vote.cast', { vote, choice: 'for' })));
      await findText(hall, '.display-turnout', '20');
      await fits('open vote');
      await picture(chair, 'chair-vote');
      await picture(hall, 'hall-vote');
      await inThemes(hall, 'hall-vote');
      await press(chair, 'Kết thúc phiên họp');
      await press(chair, 'Kết thúc phiên họp', 'dialog button.danger');
      await findText(chair, '.toast.warn', 'biểu quyết');
      await picture(chair, 'chair-refused');
      for (const [i, client] of clients.entries())
        await client.call('vote.cast', { vote, choice: i < 24 ? 'for' : i < 30 ? 'against' : 'abstain' });
    }],

    ['a result', async () => {
      await press(chair, 'Kết thúc biểu quyết');
      await hall.waitForSelector('.outcome');
      await until(async () => (await hall.$$('.seat.vote-for')).length === 24, 'the seats show the votes');
      await picture(chair, 'chair-result');
      await picture(hall, 'hall-result');
      await fits('result');
      await inThemes(hall, 'hall-result');
      await inThemes(chair, 'chair-result');
    }],

    ['the line is lost', async () => {
      await server.kill();
      for (const one of [chair, hall]) await one.waitForSelector('.link-banner');
      const wide = await chair.$eval('.link-banner', (e) => e.getBoundingClientRect().width - innerWidth);
      check(Math.abs(wide) < 20, `the banner is ${wide} px off the full width`);
      await picture(chair, 'chair-lost');
      await picture(hall, 'hall-lost');
      await inThemes(chair, 'chair-lost');
      await server.up();
      for (const one of [chair, hall]) await until(async () => !(await one.$('.link-banner')), 'it is back', 20_000);
    }],

    ['recess', async () => {
      await press(chair, 'Nghỉ giải lao');
      await findText(hall, '.display-word', 'Nghỉ giải lao');
      await picture(chair, 'chair-recess');
      await picture(hall, 'hall-recess');
    }],

    ['300 seats are drawn without touching each other, and fill the screen', async () => {
      clients.forEach((client) => client.close());
      secretary.close();
      await browser.close();
      await server.stop();
      server = await Server.start(program, { rosterText: rosterText(300, 25), settings: '{ quorum = "none" }' });
      browser = await launch(kind);
      const opener = await ApiClient.login(server, await server.invite(id(1)));
      secretary = await ApiClient.login(server, await server.invite('thuky1'));
      await opener.call('session.open', {});
      for (let i = 1; i <= 240; i++) {
        await secretary.call('attendance.check_in', { person: id(i) });
        if (i % 80 === 0) await new Promise((resolve) => setTimeout(resolve, 1_600)); // 50 a second are allowed
      }
      await opener.call('sitting.open', {});
      hall = await openAs(browser, server, 'manhinh', 'wide');
      await hall.waitForSelector('.seat');
      const seats = await hall.$$eval('.seat rect', (all) => all.map((e) => e.getBoundingClientRect()).map(({ x, y, width }) => [x, y, width]));
      equal(seats.length, 300, 'seats');
      let least = Infinity;
      for (const [i, [x, y]] of seats.entries())
        for (const [x2, y2] of seats.slice(i + 1)) least = Math.min(least, Math.hypot(x - x2, y - y2));
      check(least >= seats[0][2], `seats of ${seats[0][2]} px are ${least} px apart`);
      check(seats[0][2] >= 12, `a seat has ${seats[0][2]} px`);
      await fits('300 seats');
      await picture(hall, 'hall-300');
      opener.close();
    }],
  ],
  async () => {
    clients.forEach((client) => client.close());
    secretary?.close();
    await browser?.close();
    await server?.stop();
  },
);
