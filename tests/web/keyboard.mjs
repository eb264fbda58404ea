// A whole sitting by keyboard alone: the chair's page is never clicked, only keys are pressed. After each
// step something has the focus, and it can be seen.
//
//   keyboard.mjs KYHOP BROWSER

import { ApiClient } from './api-client.mjs';
import { findText, launch, openAs, violations } from './browser.mjs';
import { roster, Server } from './server.mjs';
import { check, equal, story, until } from './tap.mjs';

const [program, kind] = process.argv.slice(2);
const people = roster();
const nameOf = (id) => people.find((p) => p.id === id).name;
const clients = new Map();
let server;
let browser;
let chair;

const client = (id) => clients.get(id);
const stateNow = async () => (await client('db02').call('state.get')).state;
const queueNow = async () => (await stateNow()).floor.queue.map((w) => w.person).join(' ');
const speechOf = async (id) => (await stateNow()).floor.speeches.find((s) => s.person === id);
const ask = (id, kindOf = 'speech') => client(id).call('floor.request', { kind: kindOf });

/** What has the focus: its words, and whether a ring shows it. */
const focus = () => chair.evaluate(() => {
  const e = document.activeElement;
  const style = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  return {
    tag: e.tagName, id: e.id, row: e.dataset.queueRow ?? null, inDialog: e.closest('dialog') !== null,
    words: (e.getAttribute('aria-label') ?? e.innerText ?? '').trim(),
    ring: e.matches(':focus-visible') && (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2),
    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
  };
});

/** After every step of the story. */
const notLost = async (what) => {
  const at = await focus();
  check(at.tag !== 'BODY' && at.tag !== 'HTML', `${what}: the focus is lost`);
  check(at.ring || at.id === 'main', `${what}: no ring around "${at.words.slice(0, 40)}" (${at.tag})`);
  check(at.seen, `${what}: "${at.words.slice(0, 40)}" (${at.tag}) is out of sight`);
};

const keys = async (...names) => {
  for (const name of names) {
    const [key, ...held] = name.split('+').reverse();
    for (const one of held) await chair.keyboard.down(one);
    await chair.keyboard.press(key);
    for (const one of held) await chair.keyboard.up(one);
  }
};

/** Tab until `words` have the focus; nothing is skipped on the way, nothing holds the focus. */
const tabTo = async (words, most = 90, key = 'Tab') => {
  for (let i = 0; i < most; i++) {
    const at = await focus();
    if (at.words.normalize().startsWith(words.normalize())) return;
    await keys(key);
  }
  throw new Error(`"${words}" is not reached with ${most} Tabs; the focus is on ${JSON.stringify(await focus())}`);
};

const dialog = (there) => until(async () => ((await chair.$('dialog[open]')) !== null) === there, `a dialog: ${there}`);
const type = (text) => chair.keyboard.type(text);

await story(
  [
    ['the chair arrives', async () => {
      server = await Server.start(program);
      browser = await launch(kind);
      chair = await openAs(browser, server, 'db01');
      chair.click = () => { throw new Error('the chair has no mouse here'); };
      for (const id of ['thuky1', ...Array.from({ length: 12 }, (_, i) => `db${String(i + 2).padStart(2, '0')}`)])
        clients.set(id, await ApiClient.login(server, await server.invite(id)));
    }],

    ['the first Tab shows a link to the content, and it leads there', async () => {
      await keys('Tab');
      const at = await focus();
      equal(at.words, 'Tới nội dung chính', 'the first stop');
      await notLost('skip link');
      await keys('Enter');
      equal((await focus()).id, 'main', 'where the link leads');
    }],

    ['? lists the keys; Escape brings the focus back', async () => {
      await keys('Tab');
      const before = await focus();
      await type('?');
      await dialog(true);
      const listed = await chair.$$eval('dialog kbd', (all) => all.map((e) => e.innerText));
      for (const key of ['N', 'M', '⇧ M', 'E', 'S', 'V', 'Q', 'D', 'Z', 'Alt ↑ ↓'])
        check(listed.includes(key), `${key} is not listed`);
      check((await violations(chair)).length === 0, (await violations(chair)).join('\n'));
      await keys('Escape');
      await dialog(false);
      equal((await focus()).words, before.words, 'the focus');
    }],

    ['the session opens; without a quorum the rule says no, in its words', async () => {
      await keys('o');
      await notLost('O');
      equal((await focus()).words, 'Khai mạc kỳ họp', 'where O leads');
      await keys('Enter');
      await dialog(true);
      equal((await focus()).tag, 'INPUT', 'a form begins in its first field');
      // Letters in a field are letters.
      await type('nmsv');
      equal(await chair.$eval('dialog input', (e) => e.value), 'nmsv', 'typed');
      await chair.keyboard.down('Control');
      await chair.keyboard.press('KeyA');
      await chair.keyboard.up('Control');
      await type('Ky hop thu');
      await keys('Enter');
      await dialog(false);
      await findText(chair, '.sitting', 'Mở phiên họp');
      await notLost('the button that was pressed is gone');
      await tabTo('Mở phiên họp');
      await keys('Enter');
      await findText(chair, '.toast.warn', '50');
      await findText(chair, '.toast.warn', 'Căn cứ');
      await notLost('a refusal');
    }],

    ['the quorum is checked, then the sitting opens', async () => {
      for (const person of people.filter((p) => p.roles.includes('delegate')).slice(0, 60))
        await client('thuky1').call('attendance.check_in', { person: person.id });
      await findText(chair, '.quorum', '60/75');
      await keys('o');
      equal((await focus()).words, 'Mở phiên họp', 'where O leads');
      await keys('Enter');
      await findText(chair, '.sitting', 'Nghỉ giải lao');
      await notLost('the sitting is open');
    }],

    ['an item begins', async () => {
      await keys('a');
      await tabTo('Bắt đầu: Thảo luận tại hội trường');
      await keys('Enter');
      await findText(chair, '.agenda-item.current', 'Thảo luận tại hội trường');
      await notLost('the item has begun');
    }],

    ['the waiting list is walked, and reordered, with the row in the hand', async () => {
      for (const id of ['db02', 'db03', 'db04', 'db05', 'db06']) await ask(id);
      await until(async () => (await chair.$$('.queue-row')).length === 5, 'five wait');
      await keys('q');
      check((await focus()).words.includes(nameOf('db02')), 'Q leads to the first');
      await notLost('Q');
      await keys('ArrowDown', 'ArrowDown');
      check((await focus()).words.includes(nameOf('db04')), 'down, down: the third');
      await keys('Alt+ArrowUp');
      await until(async () => (await queueNow()) === 'db02 db04 db03 db05 db06', 'moved up');
      await until(async () => (await focus()).words.includes(nameOf('db04')), 'the row keeps the focus');
      await findText(chair, '.queue-row:nth-child(2)', nameOf('db04'));
      await keys('Alt+ArrowDown');
      await until(async () => (await queueNow()) === 'db02 db03 db04 db05 db06', 'moved down');
      await findText(chair, '.queue-row:nth-child(3)', nameOf('db04'));
      await until(async () => (await focus()).words.includes(nameOf('db04')), 'the row keeps the focus');
      await notLost('moved');
    }],

    ['Z takes the move back', async () => {
      await until(async () => (await chair.$$('.toast.good')).length === 2, 'both moves can be undone');
      await keys('z');
      await until(async () => (await queueNow()) === 'db02 db04 db03 db05 db06', 'undone');
      await notLost('undone');
    }],

    ['keys of the browser are not taken: Ctrl+D in the list denies nobody', async () => {
      // The page would have to stop the key from going on; the browser's own dialog is not opened here.
      const taken = await chair.evaluate(() => {
        const row = document.querySelector('[data-queue-row]');
        row.focus();
        const stopped = [];
        for (const more of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }, { isComposing: true }, { repeat: true }]) {
          for (const [key, code] of [['d', 'KeyD'], ['g', 'KeyG'], ['n', 'KeyN'], ['m', 'KeyM'], ['s', 'KeyS']]) {
            const event = new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true, ...more });
            row.dispatchEvent(event);
            if (event.defaultPrevented) stopped.push(`${Object.keys(more)[0]} ${key}`);
          }
        }
        return stopped.join();
      });
      equal(taken, '', 'taken');
      check((await chair.$('dialog[open]')) === null, 'a dialog came');
      equal(await queueNow(), 'db02 db04 db03 db05 db06', 'the queue');
    }],

    ['one is denied with a reason: the focus goes on to the next in the list', async () => {
      await keys('q', 'ArrowDown');
      check((await focus()).words.includes(nameOf('db04')), 'the second');
      await keys('d');
      await dialog(true);
      await type('Da co y kien');
      await keys('Enter');
      await dialog(false);
      await until(async () => (await queueNow()) === 'db02 db03 db05 db06', 'denied');
      await until(async () => (await focus()).words.includes(nameOf('db03')), 'the neighbour has the focus');
      await notLost('denied');
      await until(() => client('db04').events.some((e) => e.type === 'floor.denied' && e.note === 'Da co y kien'), 'the reason');
    }],

    ['the last of the list is denied: the focus goes to the one before', async () => {
      await keys('ArrowDown', 'ArrowDown', 'd');
      await dialog(true);
      await keys('Enter');
      await until(async () => (await queueNow()) === 'db02 db03 db05', 'denied');
      await until(async () => (await focus()).words.includes(nameOf('db05')), 'the one before has the focus');
    }],

    ['somebody else than the first is called from the list', async () => {
      await keys('Enter');
      await until(() => speechOf('db05'), 'db05 has the floor');
      await until(async () => (await focus()).row !== null, 'a row has the focus');
      await notLost('called');
    }],

    ['extend, mute, unmute, interrupt, go on, end: a key each', async () => {
      const { limit_ms } = await speechOf('db05');
      await keys('e');
      await until(async () => (await speechOf('db05')).limit_ms === limit_ms + 60_000, 'a minute more');
      await keys('m');
      await findText(chair, '.speaker-card', 'Chủ tọa tắt');
      equal((await speechOf('db05')).mic, 'muted', 'the microphone');
      await keys('m');
      await findText(chair, '.speaker-card', 'Micro mở');
      equal((await speechOf('db05')).mic, 'live', 'the microphone');
      await keys('p');
      await findText(chair, '.speaker-card', 'Nói tiếp');
      equal((await speechOf('db05')).interrupted, true, 'interrupted');
      await findText(chair, '.toast', 'tạm ngắt');
      await keys('z');
      await until(async () => !(await speechOf('db05')).interrupted, 'goes on: undone');
      await notLost('keys for the speaker');
      await keys('s');
      await until(async () => (await speechOf('db05')) === undefined, 'ended');
      await findText(chair, '.speakers', 'Chưa có ai phát biểu');
      await notLost('ended');
    }],

    ['the focus in the card of a speaker who ends goes to the heading, not nowhere', async () => {
      await keys('n');
      await findText(chair, '.speaker-card', nameOf('db02'));
      await tabTo('Dừng phát biểu: ', 30, 'Shift+Tab');
      await client('db02').call('floor.release');
      await findText(chair, '.speakers', 'Chưa có ai phát biểu');
      await until(async () => (await focus()).tag !== 'BODY', 'something has the focus');
      equal((await focus()).words, 'Đang phát biểu', 'the heading');
      await notLost('the card is gone');
    }],

    ['a key acts on the speaker whose card has the focus', async () => {
      await keys('n');
      await findText(chair, '.speaker-card', nameOf('db03'));
      await ask('db07');
      await findText(chair, '.queue-row', nameOf('db07'));
      await until(async () => (await chair.$('.speakers .button.primary[aria-busy]')) === null, 'the first call is done');
      await keys('n');
      await findText(chair, '.speaker-card', nameOf('db07'));
      await tabTo(`Tắt micro: ${nameOf('db07')}`);
      await keys('m');
      await findText(chair, '.speaker-card.muted', nameOf('db07'));
      equal((await speechOf('db07')).mic, 'muted', 'the second one');
      equal((await speechOf('db03')).mic, 'live', 'the first one');
    }],

    ['all are muted, and the undo opens those that were open', async () => {
      await keys('Shift+m');
      await findText(chair, '.toast', 'Đã tắt 1 micro');
      equal((await speechOf('db03')).mic, 'muted', 'the first one');
      await keys('z');
      await until(async () => (await speechOf('db03')).mic === 'live', 'live again');
      equal((await speechOf('db07')).mic, 'muted', 'who was muted before');
      await notLost('mute all');
    }],

    ['the list is closed, opened by undo', async () => {
      await keys('l');
      await findText(chair, '.toast', 'chốt danh sách');
      equal((await stateNow()).floor.list_closed, true, 'closed');
      await keys('z');
      await until(async () => !(await stateNow()).floor.list_closed, 'open');
    }],

    ['a guest is called who has not asked', async () => {
      await keys('c');
      await dialog(true);
      await tabTo('', 1);
      for (let i = 0; i < 4 && (await focus()).tag !== 'INPUT'; i++) await keys('Tab');
      await type('y te');
      await keys('Tab', ' ');
      await tabTo('Mời phát biểu', 20);
      await keys('Enter');
      await dialog(false);
      await until(async () => (await stateNow()).floor.speeches.length === 3, 'three have the floor');
      await notLost('called');
    }],

    ['a vote opens, the chair votes, it closes', async () => {
      await keys('v');
      await dialog(true);
      await findText(chair, 'dialog .need-number', '38/75'); // before anything is opened
      await findText(chair, 'dialog .before', 'quá nửa tổng số đại biểu');
      await tabTo('Mở biểu quyết', 30);
      await keys('Enter');
      await dialog(false);
      await findText(chair, '.need-number', '38');
      await notLost('the vote is open');
      const { vote } = (await stateNow()).votes.at(-1);
      for (const id of ['db02', 'db03', 'db04']) await client(id).call('vote.cast', { vote, choice: 'for' });
      await keys('v');
      equal((await focus()).words, 'Kết thúc biểu quyết', 'V leads to the close');
      await tabTo('Tán thành', 8, 'Shift+Tab');
      await keys('Enter');
      await findText(chair, '.recorded', 'Tán thành');
      await notLost('voted');
      await keys('v', 'Enter');
      await findText(chair, '.outcome', 'Không được thông qua');
      await notLost('the vote is closed');
    }],

    ['no key does anything while they are switched off', async () => {
      await type('?');
      await dialog(true);
      await tabTo('', 1);
      for (let i = 0; i < 5 && (await focus()).tag !== 'INPUT'; i++) await keys('Tab');
      await keys(' ', 'Escape');
      await dialog(false);
      await keys('Shift+m', 'n', 'v');
      check((await chair.$('dialog[open]')) === null, 'a dialog came');
      equal((await speechOf('db03')).mic, 'live', 'the microphone');
      await type('?');
      check((await chair.$('dialog[open]')) === null, 'a dialog came');
    }],

    ['the sitting closes', async () => {
      await tabTo('Kết thúc phiên họp', 30, 'Shift+Tab');
      await keys('Enter');
      await dialog(true);
      await tabTo('Kết thúc phiên họp', 10);
      await keys('Enter');
      await dialog(false);
      await findText(chair, '.sitting', 'Mở phiên họp');
      await notLost('the sitting is closed');
      equal((await stateNow()).phase, 'break', 'the phase');
      check(chair.problems.length === 0, chair.problems.join('\n'));
    }],
  ],
  async () => {
    clients.forEach((one) => one.close());
    await browser?.close();
    await server?.stop();
  },
);
