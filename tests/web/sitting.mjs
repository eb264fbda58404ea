// A whole sitting of 75 delegates as people live it: real pages of every role, the other delegates over
// the API. Pictures of every page at three widths are kept; axe must find nothing.
//
//   sitting.mjs KYHOP BROWSER

import { ApiClient } from './api-client.mjs';
import { findText, launch, openAs, press, shoot, violations, words } from './browser.mjs';
import { roster, Server } from './server.mjs';
import { check, equal, isolate, story, until } from './tap.mjs';

if (isolate(import.meta.url)) await new Promise(() => undefined);

const [program, kind] = process.argv.slice(2);
const people = roster();
const delegates = people.filter((p) => p.roles.includes('delegate'));
const nameOf = (id) => people.find((p) => p.id === id).name;
const onPages = ['db02', 'db03', 'db04', 'db05', 'db06'];
const pages = {};
const clients = new Map();
let server;
let browser;

const page = async (key, person, size) => (pages[key] = await openAs(browser, server, person, size));
const picture = (key, name) => shoot(pages[key], `${kind}-${name}`);
const everyPage = () => Object.values(pages);

const noViolations = async () => {
  const found = [];
  for (const one of everyPage())
    found.push(...(await violations(one)).map((line) => `${one.person}: ${line}`));
  check(found.length === 0, found.join('\n'));
};

const noProblems = () => {
  const problems = everyPage().flatMap((one) => one.problems.map((p) => `${one.person}: ${p}`));
  check(problems.length === 0, problems.join('\n'));
};

const keys = async (one, ...names) => {
  for (const name of names) await one.keyboard.press(name);
};

await story(
  [
    ['the server starts and the pages open by link', async () => {
      server = await Server.start(program);
      browser = await launch(kind);
      await page('chair', 'db01');
      await page('hall', 'manhinh', 'wide');
      await page('secretary', 'thuky1');
      await page('operator', 'kythuat');
      await page('it', 'cntt');
      for (const id of onPages) await page(id, id, 'phone');
      check(everyPage().length >= 10, 'ten pages');
      for (const one of everyPage())
        equal(await one.evaluate(() => location.hash), '', `${one.person}: the code in the address`);
    }],

    ['before the session: nothing to do yet, and it is said', async () => {
      await findText(pages.db02, '.action-note', 'Kỳ họp chưa khai mạc');
      await findText(pages.chair, '.quorum', '0/75');
      await picture('chair', 'chair-closed');
      await picture('db02', 'delegate-closed');
      await picture('hall', 'hall-closed');
      await noViolations();
    }],

    ['the chair opens the session; without a quorum the rule says no', async () => {
      await press(pages.chair, 'Khai mạc kỳ họp');
      await press(pages.chair, 'Khai mạc kỳ họp', 'dialog button.primary');
      await press(pages.chair, 'Mở phiên họp');
      await findText(pages.chair, '.toast.warn', '50');
    }],

    ['delegates check in: on pages, by the secretary, and over the API', async () => {
      for (const id of onPages.slice(0, 4)) await press(pages[id], 'Điểm danh có mặt');
      await pages.secretary.type('#attendance-search', 'luong huu tuan');
      await press(pages.secretary, 'Có mặt: Lương Hữu Tuấn');
      await findText(pages.secretary, '.tag.presence', 'có mặt');
      const rest = delegates.filter((p) => p.id !== 'db01' && !onPages.includes(p.id)).slice(0, 60);
      await server.invite('db75');
      for (const person of rest) {
        const client = await ApiClient.login(server, await server.invite(person.id));
        clients.set(person.id, client);
        await client.call('attendance.check_in');
      }
      await findText(pages.hall, '.display-head', '65/75');
      await findText(pages.chair, '.quorum', '65/75');
      await picture('secretary', 'secretary');
      await picture('db06', 'delegate-check-in');
    }],

    ['somebody attends from afar: one press checks in and joins the sound', async () => {
      await press(pages.db06, 'Dự từ xa');
      await findText(pages.db06, '.sound-bar', 'Đang nghe phòng họp', 20_000);
      await pages.operator.bringToFront(); // a page that nobody looks at does not ask
      await findText(pages.operator, '.data', nameOf('db06'), 15_000);
    }],

    ['the sitting opens and the debate begins', async () => {
      await press(pages.chair, 'Mở phiên họp');
      await press(pages.chair, 'Bắt đầu: Thảo luận tại hội trường');
      for (const one of [pages.hall, pages.db02]) await findText(one, '#main', 'Thảo luận tại hội trường');
      await picture('hall', 'hall-item');
    }],

    ['who asks sees the own place; the chair sees who waits, in the order of asking', async () => {
      await press(pages.db02, 'Đăng ký phát biểu', 'button.big');
      await findText(pages.db02, '.waiting', 'Bạn ở vị trí thứ 1');
      await press(pages.db03, 'Đăng ký phát biểu', 'button.big');
      await findText(pages.db03, '.waiting', 'Bạn ở vị trí thứ 2');
      await clients.get('db10').call('floor.request', { kind: 'speech', note: 'Về nước sạch nông thôn' });
      await clients.get('db11').call('floor.request', { kind: 'speech' });
      await findText(pages.chair, '.queue-row', 'Về nước sạch nông thôn');
      const order = await pages.chair.$$eval('.queue-row .person-name', (rows) => rows.map((r) => r.innerText));
      equal(order.join(), ['db02', 'db03', 'db10', 'db11'].map(nameOf).join(), 'the order');
      await picture('db03', 'delegate-waiting');
    }],

    ['debate goes before speeches: it has a lane of a higher rank', async () => {
      await press(pages.db04, 'Tranh luận', 'label.kind');
      await press(pages.db04, 'Đăng ký tranh luận', 'button.big');
      await press(pages.db04, 'Gửi', 'dialog button');
      await findText(pages.db04, '.waiting', 'Bạn ở vị trí thứ 1');
      await findText(pages.db02, '.waiting', 'Bạn ở vị trí thứ 2');
    }],

    ['by keyboard: the next is called, sees it, and every screen shows it', async () => {
      await pages.chair.focus('#main');
      await keys(pages.chair, 'KeyN');
      await findText(pages.db04, '.speaking', 'Micro của bạn đang mở');
      await findText(pages.hall, '.display-name', nameOf('db04'));
      await picture('db04', 'delegate-live');
      await picture('hall', 'hall-speaker');
      await picture('chair', 'chair-speaker');
      await picture('operator', 'operator');
    }],

    ['the chair mutes; the page says who did it, and the undo opens again', async () => {
      await pages.chair.focus('#main');
      await keys(pages.chair, 'KeyM');
      await findText(pages.db04, '.speaking', 'Chủ tọa đã tắt micro của bạn');
      await picture('db04', 'delegate-muted');
      await press(pages.chair, 'Bật micro', '.toast button');
      await findText(pages.db04, '.speaking', 'Micro của bạn đang mở');
    }],

    ['the chair extends by a minute by keyboard', async () => {
      await keys(pages.chair, 'KeyE');
      await findText(pages.db04, '.ring-note', '4:00');
    }],

    ['the chair reorders by keyboard; the delegate sees the new place at once', async () => {
      await keys(pages.chair, 'KeyQ', 'ArrowDown');
      await pages.chair.keyboard.down('Alt');
      await keys(pages.chair, 'ArrowUp');
      await pages.chair.keyboard.up('Alt');
      await findText(pages.db03, '.waiting', 'Bạn ở vị trí thứ 1');
      await findText(pages.db02, '.waiting', 'Bạn ở vị trí thứ 2');
      await press(pages.chair, 'Hoàn tác', '.toast button');
      await findText(pages.db02, '.waiting', 'Bạn ở vị trí thứ 1');
    }],

    ['a denial reaches the delegate with its reason', async () => {
      await press(pages.chair, `Không mời: ${nameOf('db03')}`);
      await pages.chair.type('dialog input', 'Đã có ý kiến tương tự');
      await press(pages.chair, 'Không mời', 'dialog button.danger');
      await findText(pages.db03, '.toast', 'Đã có ý kiến tương tự');
      await findText(pages.db03, 'button.big', 'Đăng ký phát biểu');
    }],

    ['a delegate ends the speech; the chair calls a guest who has not asked', async () => {
      await press(pages.db04, 'Kết thúc phát biểu', 'button.big');
      await findText(pages.chair, '.speakers', 'Chưa có ai phát biểu');
      await press(pages.chair, 'Mời người khác');
      await pages.chair.type('dialog input[type=search]', 'y te');
      await pages.chair.click('dialog .pick-row input');
      await press(pages.chair, 'Báo cáo', 'dialog .choices label');
      await picture('chair', 'chair-call');
      await press(pages.chair, 'Mời phát biểu', 'dialog button.good');
      await findText(pages.hall, '.display-kind', 'Báo cáo');
      await press(pages.chair, 'Dừng phát biểu');
      await findText(pages.chair, '.speakers', 'Chưa có ai phát biểu');
    }],

    ['a demand for a closed sitting collects supporters', async () => {
      await press(pages.db05, 'Đề nghị họp kín', 'label.kind');
      await press(pages.db05, 'đề nghị họp kín', 'button.big');
      await findText(pages.db05, '.waiting', 'Đang chờ đồng ý');
      await press(pages.db02, 'Ủng hộ');
      await findText(pages.chair, '.queue-row', '1 người ủng hộ');
      await picture('db03', 'delegate-proposal');
      await picture('chair', 'chair-queue');
      await noViolations();
      await press(pages.db05, 'Hủy đăng ký', 'button.big');
    }],

    ['a vote opens: needed count before, one press votes, the recorded vote is shown and may be changed', async () => {
      await pages.chair.focus('#main');
      await keys(pages.chair, 'KeyV');
      await picture('chair', 'chair-vote-form');
      await press(pages.chair, 'Mở biểu quyết', 'dialog button.primary');
      await findText(pages.chair, '.need-number', '38');
      await findText(pages.db02, '.cast', 'Mời biểu quyết');
      await picture('db02', 'delegate-vote');
      await press(pages.db02, 'Không tán thành', 'button.ballot-option');
      await findText(pages.db02, '.recorded', 'Không tán thành');
      await press(pages.db02, 'Đổi', '.recorded button');
      await press(pages.db02, 'Tán thành', 'button.ballot-option');
      await findText(pages.db02, '.recorded', 'Tán thành');
      await picture('db02', 'delegate-voted');
      await picture('hall', 'hall-vote');
      await noViolations();
    }],

    ['60 votes later the result names its base and its arithmetic on every page', async () => {
      const { vote } = (await clients.get('db10').call('state.get')).state.votes[0];
      const voters = [...clients.values()];
      await Promise.all(voters.map((c, i) =>
        c.call('vote.cast', { vote, choice: i < 50 ? 'for' : i < 55 ? 'against' : 'abstain' })));
      for (const id of ['db03', 'db04']) await press(pages[id], 'Tán thành', 'button.ballot-option');
      await press(pages.chair, 'Không biểu quyết', 'button.ballot-option');
      await findText(pages.chair, '.recorded', 'Không biểu quyết');
      await findText(pages.chair, '.turnout-number', '64');
      await press(pages.chair, 'Kết thúc biểu quyết');
      await findText(pages.chair, '.outcome', 'Được thông qua');
      await findText(pages.hall, '.outcome', 'Được thông qua');
      await findText(pages.hall, '.base-note', '75');
      const row = await findText(pages.hall, '.result-table tr', 'Tán thành');
      check((await row.evaluate((e) => e.innerText)).includes('70,67%'), 'for 53 of 75');
      await until(async () => (await pages.hall.$$('.seat.vote-for')).length === 53, 'seats coloured by vote');
      await findText(pages.db02, '.own-vote', 'bạn chọn: Tán thành');
      await picture('hall', 'hall-result');
      await picture('chair', 'chair-result');
      await picture('db02', 'delegate-result');
      await noViolations();
    }],

    ['a show of hands: two people count, different numbers are refused, equal ones confirm', async () => {
      await page('second', 'thuky2');
      await pages.chair.focus('#main');
      await keys(pages.chair, 'KeyV');
      await press(pages.chair, 'Mở biểu quyết', 'dialog button.primary');
      const enter = async (one, ...counts) => {
        await one.bringToFront();
        const inputs = await one.$$('.tally .number');
        for (const [i, count] of counts.entries()) {
          await inputs[i].click({ count: 3 });
          await inputs[i].type(String(count));
        }
        await one.click('.tally .button.primary');
      };
      await findText(pages.secretary, '.tally', 'Tán thành');
      await enter(pages.secretary, 40, 20, 5);
      await findText(pages.secretary, '.tally', 'chờ người thứ hai');
      await findText(pages.second, '.tally', `${nameOf('thuky1')} đã nhập`);
      await picture('second', 'secretary-tally');
      await enter(pages.second, 41, 20, 4);
      await findText(pages.second, '.toast.warn', 'không khớp');
      await enter(pages.second, 40, 20, 5);
      await findText(pages.second, '.recorded', 'đã được xác nhận');
      await press(pages.chair, 'Kết thúc biểu quyết');
      await findText(pages.chair, '.outcome', 'Được thông qua');
    }],

    ['IT sees why the procedure decided, and reloads it without disturbing anybody', async () => {
      await pages.it.bringToFront();
      await findText(pages.it, '.trace', 'on_request', 15_000);
      await picture('it', 'it-trace');
      await press(pages.it, 'Nạp lại');
      await findText(pages.it, '.toast.good', 'hai-phong');
      await findText(pages.it, '.log', 'Dùng thể thức hai-phong');
      await picture('it', 'it');
      await picture('secretary', 'secretary-record');
      await noViolations();
    }],

    ['English is complete and one press away', async () => {
      await pages.chair.click('.menu-button');
      await press(pages.chair, 'English');
      await findText(pages.chair, '.speakers h2', 'Speaking now');
      check(!/[ạảãàáăắằẵẳặâấầẫẩậ]/i.test(await pages.chair.$eval('.speakers', (e) => e.innerText.replace(/Call .*/, ''))), 'Vietnamese left in English');
      await picture('chair', 'chair-english');
      await press(pages.chair, 'Tiếng Việt');
      await pages.chair.click('.menu-button');
      await pages.secretary.click('.menu-button');
      await press(pages.secretary, 'English');
      await findText(pages.secretary, '.attendance-row', 'Left');
      await press(pages.secretary, 'Tiếng Việt');
      await pages.secretary.click('.menu-button');
    }],

    ['a second login asks before it takes over; the first page says so', async () => {
      const second = await openAs(browser, server, 'db05', 'phone');
      pages.rival = second;
      await findText(second, 'h1', 'Bạn đang đăng nhập ở thiết bị khác');
      await picture('rival', 'take-over');
      await press(second, 'Tiếp tục ở đây');
      await findText(second, '.item-card', 'Thảo luận tại hội trường');
      await findText(pages.db05, 'h1', 'Đã chuyển sang thiết bị khác');
      await noViolations();
      await pages.db05.close();
      delete pages.db05;
    }],

    ['power cut: every page says so, and comes back by itself to the same place', async () => {
      await press(pages.db02, 'Đăng ký phát biểu', 'button.big').catch(async () => {
        // Waiting already since the beginning.
        await findText(pages.db02, '.waiting', 'Bạn ở vị trí thứ 1');
      });
      await pages.chair.focus('#main');
      await keys(pages.chair, 'KeyN');
      await findText(pages.db02, '.speaking', 'Micro của bạn đang mở');
      noProblems();
      await server.kill();
      for (const one of [pages.chair, pages.db02, pages.hall]) await findText(one, '.link-banner', 'Mất kết nối');
      await picture('chair', 'chair-lost');
      await server.up();
      for (const one of [pages.chair, pages.db02, pages.hall])
        await until(async () => !(await one.$('.link-banner')), `${one.person} is back`, 20_000);
      await findText(pages.db02, '.speaking', 'Micro của bạn đang mở');
      await findText(pages.hall, '.display-name', nameOf('db02'));
      await findText(pages.db06, '.sound-bar', 'Đang nghe phòng họp', 25_000);
      for (const one of everyPage()) one.problems = []; // each browser has its own words for a lost line
    }],

    ['recess and close: everybody sees it', async () => {
      await press(pages.chair, 'Nghỉ giải lao');
      await findText(pages.hall, '.display-word', 'Nghỉ giải lao');
      await findText(pages.db02, '.speaking', 'tạm dừng');
      await picture('hall', 'hall-recess');
      await press(pages.chair, 'Họp tiếp');
      await findText(pages.db02, '.speaking', 'Micro của bạn đang mở');
      await press(pages.chair, 'Kết thúc phiên họp');
      await press(pages.chair, 'Kết thúc phiên họp', 'dialog button.danger');
      await findText(pages.chair, '.sitting', 'Mở phiên họp');
      await findText(pages.secretary, '.record .log', 'Kết thúc phiên họp 1');
    }],

    ['no page had an error, wherever the sitting went', async () => {
      noProblems();
      check((await words(pages.chair)).includes('Chương trình'), 'the chair’s page stands');
    }],
  ],
  async () => {
    clients.forEach((client) => client.close());
    await browser?.close();
    await server?.stop();
  },
);
