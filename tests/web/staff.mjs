// The pages of secretary, council IT and operator: opened in the middle of a sitting, they know it from
// its beginning.
//
//   staff.mjs KYHOP BROWSER

import { ApiClient } from './api-client.mjs';
import { findText, launch, openAs, press, shoot, violations, words } from './browser.mjs';
import { Server } from './server.mjs';
import { check, equal, isolate, story, until } from './tap.mjs';

if (isolate(import.meta.url)) await new Promise(() => undefined);

const [program, kind] = process.argv.slice(2);
const LONG = 'Công Tằng Tôn Nữ Nguyễn Phúc Khánh Hòa Thục Trinh';
const rosterText = `id,name,title,group,seat,birth,roles
ct,Lương Hữu Tuấn,Chủ tịch Hội đồng nhân dân thành phố,Tổ 1,A1,1960-01-01,chair delegate
${Array.from({ length: 11 }, (_, i) => `d${i + 2},Đại biểu Thử ${i + 2},,Tổ đại biểu quận ${i % 3},A${i + 2},1970-01-01,delegate`).join('\n')}
dai,${LONG},Phó Trưởng ban Văn hóa – Xã hội kiêm Chủ tịch Liên minh Hợp tác xã,Tổ đại biểu huyện đảo Bạch Long Vĩ và Cát Hải,B1,1970-01-01,delegate
g1,Giám đốc Sở Tài nguyên,,,,,guest
s1,Nguyễn Thị Thư Ký,,,,,secretary
s2,Trần Văn Kiểm Phiếu,,,,,secretary
kt,Kỹ thuật viên,,,,,operator
it,Công nghệ,,,,,it
`;
let server;
let browser;
const api = {};
const pages = {};

const enter = async (...ids) => {
  for (const id of ids) api[id] = await ApiClient.login(server, await server.invite(id));
};
const open = async (id, size) => (pages[id] = await openAs(browser, server, id, size));
const picture = (id, name) => shoot(pages[id], `${kind}-${name}`);
const view = (id, name) => press(pages[id], name, '.views label');

const wellMade = async (...ids) => {
  for (const id of ids) {
    const found = await violations(pages[id]);
    check(found.length === 0, `${id}: ${found.join('\n')}`);
    check(pages[id].problems.length === 0, `${id}: ${pages[id].problems.join('\n')}`);
  }
};

const count = async (id, ...rows) => {
  const page = pages[id];
  await page.bringToFront();
  const inputs = await page.$$('.tally .number');
  for (const [i, n] of rows.flat().entries()) {
    await inputs[i].evaluate((e) => e.scrollIntoView({ block: 'center' }));
    await inputs[i].click({ count: 3 });
    await inputs[i].type(String(n));
  }
  await page.click('.tally .button.primary');
};

const rowOf = (id, name) => findText(pages[id], '.attendance-row', name);

await story(
  [
    ['a sitting is under way: people came, one late, one left, one is excused; a vote is counted by hand', async () => {
      server = await Server.start(program, { rosterText, settings: '{ quorum = "none" }' });
      browser = await launch(kind);
      await enter('ct', 'd2', 'd3', 'd4', 'd5', 'd6', 's1');
      await api.ct.call('session.open', { name: 'Kỳ họp thường lệ giữa năm' });
      for (const id of ['ct', 'd2', 'd3', 'd4']) await api[id].call('attendance.check_in');
      await api.d5.call('attendance.check_in', { remote: true });
      await api.s1.call('attendance.excuse', { person: 'dai', note: 'Công tác tại Trung ương, có giấy mời họp của Ủy ban' });
      await api.ct.call('sitting.open');
      await api.d6.call('attendance.check_in');
      await api.d4.call('attendance.check_out');
      await api.ct.call('agenda.start', { item: 'thao-luan' });
      await api.ct.call('vote.open', { type: 'agenda', question: 'Chương trình kỳ họp' });
      const counts = { for: 3, against: 1, abstain: 0, invalid: 0 };
      await api.s1.call('vote.tally', { vote: 1, form: 'hands', counts });
      await api.s1.call('vote.tally', { vote: 1, form: 'hands', counts: { ...counts, for: 4 } });
      api.s1.close();
    }],

    ['the secretary’s page, opened only now, knows late and left with their times, and why one is excused', async () => {
      await open('s2');
      const late = await rowOf('s2', 'Đại biểu Thử 6');
      check(/đến muộn[^]*từ \d\d:\d\d/.test(await late.evaluate((e) => e.innerText)), 'late, with the time');
      check(/về lúc \d\d:\d\d/.test(await (await rowOf('s2', 'Đại biểu Thử 4')).evaluate((e) => e.innerText)), 'left');
      check((await (await rowOf('s2', LONG)).evaluate((e) => e.innerText)).includes('Công tác tại Trung ương'), 'why');
      await press(pages.s2, 'Đến muộn', '.attendance .kind');
      await until(async () => (await pages.s2.$$('.attendance-row')).length === 1, 'only who came late');
      await press(pages.s2, 'Tất cả', '.attendance .kind');
      await picture('s2', 'secretary-late');
    }],

    ['its log goes back to the beginning', async () => {
      await findText(pages.s2, '.record .log', 'Khai mạc kỳ họp thứ 1');
      await findText(pages.s2, '.record .log', 'Mở phiên họp 1');
    }],

    ['who counts second does not see the first count, not in the trail either', async () => {
      await findText(pages.s2, '.trail', 'Số liệu hiện ra sau khi người thứ hai đếm khớp');
      check(!(await pages.s2.$('.trail-numbers')), 'no numbers');
      await open('s1');
      await findText(pages.s1, '.trail li.replaced', 'Tán thành: 3');
      await findText(pages.s1, '.trail li:not(.replaced)', 'Tán thành: 4');
      await wellMade('s1', 's2');
    }],

    ['dark and high contrast are as readable', async () => {
      for (const theme of ['dark', 'contrast']) {
        await pages.s2.evaluate((name) => (document.documentElement.dataset.theme = name), theme);
        await picture('s2', `secretary-${theme}`);
        await wellMade('s2');
      }
      await pages.s2.evaluate(() => delete document.documentElement.dataset.theme);
    }],

    ['the second count confirms; what was entered first stays to be seen', async () => {
      await count('s2', 3, 1, 0, 0);
      await findText(pages.s2, '.toast.warn', 'không khớp');
      await count('s2', 4, 1, 0, 0);
      await findText(pages.s2, '.recorded', 'đã được xác nhận');
      for (const id of ['s1', 's2']) {
        await findText(pages[id], '.trail li.replaced', 'Tán thành: 3');
        await findText(pages[id], '.trail', 'xác nhận');
      }
      await api.ct.call('vote.close', { vote: 1 });
      await findText(pages.s2, '.outcome', '');
      await findText(pages.s2, '.trail li.replaced', 'Tán thành: 3');
    }],

    ['a vote on several people is counted person by person', async () => {
      await api.ct.call('vote.open', {
        type: 'confidence', question: 'Lấy phiếu tín nhiệm', subjects: [{ id: 'g1', name: 'Giám đốc Sở Tài nguyên' }, { id: 'dai', name: LONG }],
      });
      await until(async () => (await pages.s1.$$('.tally-subject.named')).length === 2, 'a row a person');
      const perRow = (await pages.s1.$$('.tally-subject.named:first-of-type .number')).length;
      await picture('s1', 'secretary-subjects');
      const first = [2, 1, 1].concat(Array(perRow - 3).fill(0));
      const second = [4].concat(Array(perRow - 1).fill(0));
      await count('s1', first, second);
      await findText(pages.s1, '.tally', 'chờ người thứ hai');
      await count('s2', first, second);
      await findText(pages.s2, '.recorded', 'đã được xác nhận');
      await api.ct.call('vote.close', { vote: 2 });
      await findText(pages.s2, '.subject-table', LONG);
      await wellMade('s1', 's2');
    }],

    ['proxies: given, refused with the rule’s words, taken back and given again', async () => {
      await view('s1', 'Ủy quyền');
      await findText(pages.s1, '.proxies', 'Chưa có ủy quyền nào');
      const give = async (giver, holder) => {
        await press(pages.s1, 'Ghi ủy quyền');
        const [from, to] = await pages.s1.$$('dialog .pick');
        for (const [field, name] of [[from, giver], [to, holder]]) {
          await (await field.$('input[type=search]')).type(name);
          await (await field.waitForSelector('.pick-row input')).click();
        }
        await press(pages.s1, 'Ủy quyền', 'dialog button.primary');
      };
      await give(LONG, 'Đại biểu Thử 2');
      await findText(pages.s1, '.proxy-list', LONG);
      await findText(pages.s1, '.record .log', `${LONG} ủy quyền biểu quyết cho Đại biểu Thử 2`);
      const refused = await api.d2.call('proxy.give', { target: 'd3' }).then(() => api.d2.call('proxy.give', { target: 'd3' }))
        .catch((error) => error.data.reason.vi);
      equal(refused, 'Người này đã ủy quyền.', 'the refusal');
      await picture('s1', 'secretary-proxies');
      await press(pages.s1, `Rút lại: ${LONG}`);
      await press(pages.s1, 'Hoàn tác', '.toast button');
      await findText(pages.s1, '.proxy-list', LONG);
      await wellMade('s1');
    }],

    ['the minutes grow before one’s eyes, in place: the reader stays where they read', async () => {
      await view('s2', 'Biên bản');
      await until(() => pages.s2.evaluate(() => document.querySelector('.minutes-view > div')?.shadowRoot?.textContent.includes('Chương trình kỳ họp')), 'the minutes');
      const state = () => pages.s2.evaluate(() => {
        const box = document.querySelector('.minutes-view');
        const root = box.querySelector('div').shadowRoot;
        return { top: box.scrollTop, same: root.querySelector('h1') === window.title, text: root.textContent,
          font: getComputedStyle(root.querySelector('.body')).fontFamily };
      });
      await pages.s2.evaluate(() => {
        const box = document.querySelector('.minutes-view');
        window.title = box.querySelector('div').shadowRoot.querySelector('h1');
        box.scrollTop = 300;
      });
      await picture('s2', 'secretary-minutes');
      await api.ct.call('floor.grant', { person: 'd3', kind: 'speech' });
      await api.d3.call('floor.release');
      await until(async () => (await state()).text.split('Đại biểu Thử 3').length > 3, 'the speech is in the minutes', 15_000);
      const after = await state();
      equal(after.top, 300, 'the place of the reader');
      check(after.same, 'what did not change was left alone');
      check(after.font.includes('Times'), `the sheet of the print: ${after.font}`);
      await wellMade('s2');
    }],

    ['the minutes can be kept as files', async () => {
      const links = await pages.s2.$$eval('.minutes a[download]', (all) => all.map((a) => a.href));
      equal(links.length, 4, 'formats');
      for (const link of links) {
        const got = await pages.s2.evaluate(async (url) => {
          const answer = await fetch(url);
          return [answer.status, (await answer.text()).length];
        }, link);
        check(got[0] === 200 && got[1] > 500, `${link}: ${got}`);
      }
    }],

    ['council IT sees why the procedure decided, and finds a decision among the others', async () => {
      await open('it');
      await findText(pages.it, '.trace', 'evaluate', 15_000);
      const all = (await pages.it.$$('.trace tbody tr')).length;
      await pages.it.type('#trace-search', 'confidence');
      await until(async () => {
        const rows = await pages.it.$$eval('.trace tbody tr', (rs) => rs.map((r) => r.innerText));
        return rows.length > 0 && rows.length < all && rows.every((r) => r.includes('confidence'));
      }, 'only what was looked for');
      await picture('it', 'it-found');
      await pages.it.$eval('#trace-search', (e) => { e.value = 'không có gì như thế'; e.dispatchEvent(new Event('input', { bubbles: true })); });
      await findText(pages.it, '.trace', 'Không có quyết định nào khớp');
      await pages.it.$eval('#trace-search', (e) => { e.value = ''; e.dispatchEvent(new Event('input', { bubbles: true })); });
      await picture('it', 'it-trace');
    }],

    ['settings have their units, ranges and defaults', async () => {
      const row = await findText(pages.it, '.settings tr', 'speech_first');
      const text = await row.evaluate((e) => e.innerText);
      check(/phút/.test(text) && /\d+ – \d+/.test(text), `the setting: ${text}`);
      await findText(pages.it, '.settings tr', 'mặc định');
      await wellMade('it');
    }],

    ['a procedure that does not load is refused with its mend; the old one goes on', async () => {
      await press(pages.it, 'Dùng thể thức khác');
      await pages.it.$eval('dialog input', (e) => { e.value = 'khong-co'; e.dispatchEvent(new Event('input', { bubbles: true })); });
      await press(pages.it, 'Dùng', 'dialog button.primary');
      await findText(pages.it, '.toast', 'khong-co');
      await findText(pages.it, '.in-use', 'hai-phong');
      await press(pages.it, 'Hủy bỏ', 'dialog button');
      await press(pages.it, 'Nạp lại');
      await findText(pages.it, '.toast.good', 'Đã nạp hai-phong');
    }],

    ['a written sitting is rehearsed in the page: as written, then changed, and the line of the difference is shown', async () => {
      await until(async () => (await pages.it.$$('.rehearsal option')).length > 3, 'the sittings of the procedure');
      await pages.it.select('.rehearsal select', 'quorum.sitting');
      await press(pages.it, 'Chạy thử', '.rehearsal button.primary');
      await findText(pages.it, '.verdict', 'Đúng như bản viết', 15_000);
      await picture('it', 'it-rehearsed');
      const line = await pages.it.$eval('.sitting-text', (area) => {
        const lines = area.value.split('\n');
        const at = lines.findIndex((l) => l.includes('=> '));
        lines[at] = lines[at].replace(/=> .*/, '=> refused khong_ai_biet');
        area.value = lines.join('\n');
        area.dispatchEvent(new Event('input', { bubbles: true }));
        return at + 1;
      });
      await press(pages.it, 'Chạy thử', '.rehearsal button.primary');
      await findText(pages.it, '.verdict .bad', `dòng ${line}`, 15_000);
      await findText(pages.it, '.report', '');
      const chosen = await pages.it.$eval('.sitting-text', (area) => area.value.slice(area.selectionStart, area.selectionEnd));
      check(chosen.includes('khong_ai_biet'), `the line is marked: ${chosen}`);
      await picture('it', 'it-differs');
    }],

    ['what really happened becomes a written sitting that can be tried and changed', async () => {
      await press(pages.it, 'Lấy kỳ họp thật');
      await until(() => pages.it.$eval('.sitting-text', (area) => area.value.includes('d6')), 'the record');
      await press(pages.it, 'Chạy thử', '.rehearsal button.primary');
      await findText(pages.it, '.verdict', 'dòng', 15_000);
      console.log(`# ${await pages.it.$eval('.verdict', (e) => e.innerText.replaceAll('\n', ' | '))}`);
      await wellMade('it');
    }],

    ['the operator sees every microphone, joined or not, and the health of each part', async () => {
      await open('kt');
      await api.ct.call('floor.grant', { person: 'd2', kind: 'speech' });
      await findText(pages.kt, '.inputs .open', 'Đại biểu Thử 2');
      await findText(pages.kt, '.inputs .open', 'chưa nối âm thanh');
      api.d5.close();
      await open('d5', 'phone');
      await press(pages.d5, 'Vào nghe phòng họp');
      await findText(pages.d5, '.sound-bar', 'Đang nghe phòng họp', 20_000);
      await pages.kt.bringToFront();
      await findText(pages.kt, '.data tr', 'Đại biểu Thử 5', 15_000);
      await api.ct.call('floor.revoke', { person: 'd2' });
      await api.ct.call('floor.grant', { person: 'd5', kind: 'speech' });
      await findText(pages.kt, '.inputs .open', 'UDP · khe');
      await until(() => pages.kt.$eval('.inputs .open [role=meter]', (e) => Number(e.getAttribute('aria-valuenow')) > -50), 'the level of the open microphone');
      for (const part of ['Âm thanh', 'Sổ nhật ký', 'Kết nối', 'Thể thức']) await findText(pages.kt, '.health-part', part);
      await findText(pages.kt, '.log', 'Khai mạc kỳ họp thứ 1');
      await picture('kt', 'operator');
      await wellMade('kt', 'it');
    }],

    ['no page has an error', async () => {
      await wellMade(...Object.keys(pages));
      check((await words(pages.kt)).includes('Kết nối âm thanh'), 'the operator’s page stands');
    }],
  ],
  async () => {
    Object.values(api).forEach((client) => client.close());
    await browser?.close();
    await server?.stop();
  },
);
