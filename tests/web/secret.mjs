// A secret election as a council lives it: the chair forms the committee, its members make the key on
// their own pages, voters drop sealed ballots, two of three members open the box. What leaves a voter's
// page is recorded: no request carries a ballot together with who sends it.
//
//   secret.mjs KYHOP BROWSER

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiClient } from './api-client.mjs';
import { loadBox, Voter } from './box.mjs';
import { findText, launch, openAs, press, shoot, violations, words } from './browser.mjs';
import { repo, roster, Server } from './server.mjs';
import { check, equal, isolate, story, until } from './tap.mjs';

if (isolate(import.meta.url)) await new Promise(() => undefined);

const [program, kind] = process.argv.slice(2);
const people = roster();
const nameOf = (id) => people.find((p) => p.id === id).name;
const SETTINGS = '{ secret_form = "electronic", committee_members = 3, committee_needed = 2 }';
const members = ['db02', 'db03', 'db04'];
const others = Array.from({ length: 48 }, (_, i) => `db${i + 10}`);
const pages = {};
const clients = new Map();
const codes = {};
let box;
let server;
let browser;
let sent;

const page = async (key, person, size) => (pages[key] = await openAs(browser, server, person, size));
const picture = (key, name) => shoot(pages[key], `${kind}-secret-${name}`, ['phone', 'laptop']);

const noViolations = async () => {
  const found = [];
  for (const one of Object.values(pages))
    found.push(...(await violations(one)).map((line) => `${one.person}: ${line}`));
  check(found.length === 0, found.join('\n'));
};

/** The demo council with a second chair, who has no page. */
const rosterText = readFileSync(join(repo, 'config/roster.csv'), 'utf8').replace(/^(db75,.*),delegate$/m, '$1,chair delegate');

/** Everything that a page sends from now on, as it stands on the wire. */
const record = async (one) => {
  const session = await one.createCDPSession();
  const requests = new Map();
  const frames = [];
  const at = (id) => requests.get(id) ?? requests.set(id, {}).get(id);
  session.on('Network.requestWillBeSent', ({ requestId, request }) =>
    Object.assign(at(requestId), { url: request.url, method: request.method, body: request.postData ?? '' }));
  session.on('Network.requestWillBeSentExtraInfo', ({ requestId, headers }) => Object.assign(at(requestId), { headers }));
  session.on('Network.webSocketFrameSent', ({ response }) => frames.push(response.payloadData));
  await session.send('Network.enable', { maxPostDataSize: 1_000_000 });
  return { requests, frames, posts: () => [...requests.values()].filter((r) => r.method === 'POST') };
};

const stateOf = async (person) => (await clients.get(person).call('state.get')).state;
const voteOf = (state) => state.votes.filter((v) => v.state === 'open').at(-1);
const kept = (one, start) =>
  one.evaluate((s) => Object.entries(localStorage).filter(([k]) => k.startsWith(s)).map(([, v]) => JSON.parse(v)), start);

const openElection = async () => {
  await press(pages.chair, 'Mở biểu quyết…');
  await pages.chair.type('dialog textarea', 'Bầu Phó Chủ tịch UBND thành phố');
  await press(pages.chair, 'Bầu cử', 'dialog .choice-row');
  await press(pages.chair, 'Mở biểu quyết', 'dialog button.primary');
};

const joinAs = async (id) => {
  await press(pages[id], 'Tham gia và tạo mã khôi phục');
  await findText(pages[id], '.code-groups', '');
  codes[id] = await pages[id].$$eval('.code-groups code', (all) => all.map((e) => e.innerText).join(' '));
};

const writeDown = async (id, typed) => {
  const input = await pages[id].$('.input.code-group');
  await input.click({ count: 3 });
  await input.type(typed);
  await press(pages[id], 'Tôi đã chép mã');
};

const mark = async (one, option) => {
  await press(one, option, '.paper-option');
  await press(one, 'Bỏ vào hòm phiếu');
  await findText(one, 'dialog .paper-read', option);
};

await story(
  [
    ['the council meets', async () => {
      box = await loadBox();
      server = await Server.start(program, { rosterText, settings: SETTINGS });
      browser = await launch(kind);
      await page('chair', 'db01');
      await page('hall', 'manhinh', 'wide');
      await page('secretary', 'thuky1');
      for (const id of [...members, 'db05', 'db06']) await page(id, id, 'phone');
      const links = await server.invite('--all');
      for (const id of [...others, 'db07', 'db75'])
        clients.set(id, await ApiClient.login(server, links[people.findIndex((p) => p.id === id)]));
      await press(pages.chair, 'Khai mạc kỳ họp');
      await press(pages.chair, 'Khai mạc kỳ họp', 'dialog button.primary');
      await findText(pages.chair, 'button', 'Mở phiên họp');
      for (const client of clients.values()) await client.call('attendance.check_in');
      for (const id of [...members, 'db05', 'db06']) await press(pages[id], 'Điểm danh có mặt');
      await pages.secretary.type('#attendance-search', 'luong huu tuan');
      await press(pages.secretary, 'Có mặt: Lương Hữu Tuấn');
      await press(pages.chair, 'Mở phiên họp');
      await findText(pages.hall, '.display-present', '56/75');
    }],

    ['without a committee no secret vote opens, and the chair is told why', async () => {
      await findText(pages.chair, '#committee-title', 'Ban kiểm phiếu');
      await openElection();
      await findText(pages.chair, '.toast.warn, dialog [role=alert]', 'Ban kiểm phiếu');
      await pages.chair.keyboard.press('Escape');
    }],

    ['the chair forms the committee: three members, two open', async () => {
      await press(pages.chair, 'Lập ban kiểm phiếu…');
      for (const id of members) {
        const search = await pages.chair.$('dialog input[type=search]');
        await search.click({ count: 3 });
        await search.type(nameOf(id));
        await press(pages.chair, nameOf(id), 'dialog .pick-row');
        await findText(pages.chair, 'dialog .chips', nameOf(id));
      }
      await findText(pages.chair, 'dialog', 'Vắng tối đa 1 thành viên');
      await picture('chair', 'chair-form');
      await press(pages.chair, 'Lập ban kiểm phiếu', 'dialog button.primary');
      await findText(pages.chair, '.member-list', 'chưa tham gia');
    }],

    ['members join, write their codes down and type the last group; a wrong one is not taken', async () => {
      await findText(pages.db02, '.committee', 'Bạn được cử vào ban kiểm phiếu');
      await picture('db02', 'member-asked');
      for (const id of members) await joinAs(id);
      for (const code of Object.values(codes)) check(/^([0-9A-Z]{4} ){12}[0-9A-Z]{4}$/.test(code), code);
      equal(new Set(Object.values(codes)).size, 3, 'different codes');
      await writeDown('db02', codes.db02.slice(0, 4));
      await findText(pages.db02, '.committee .warn-words', 'Không khớp với nhóm cuối');
      await picture('db02', 'member-code');
      await noViolations();
      for (const id of members) await writeDown(id, codes[id].slice(-4).toLowerCase());
      for (const id of members) await findText(pages[id], '.committee', 'Khóa hòm phiếu đã sẵn sàng', 20_000);
      await findText(pages.chair, '.panel', '2 trên 3 thành viên cùng mở được');
      await picture('db02', 'member-ready');
      await picture('chair', 'chair-committee');
    }],

    ['a secret vote opens: each page takes its paper by itself', async () => {
      sent = kind === 'chrome' ? await record(pages.db05) : null;
      await openElection();
      for (const id of [...members, 'db05', 'db06']) await findText(pages[id], '.booth', 'Bỏ phiếu kín: phiếu được niêm phong');
      await findText(pages.chair, '.booth', 'Bỏ phiếu kín');
      await findText(pages.hall, '.box-numbers', 'phiếu phát ra');
      await picture('db05', 'booth');
      await picture('chair', 'chair-open');
    }],

    ['a ballot is marked, read again, sealed and dropped; afterwards nobody sees what it was', async () => {
      await mark(pages.db05, 'Không tán thành');
      await picture('db05', 'booth-confirm');
      await press(pages.db05, 'Sửa phiếu', 'dialog button');
      await press(pages.db05, 'Tán thành', '.paper-option');
      await press(pages.db05, 'Bỏ vào hòm phiếu');
      await press(pages.db05, 'Bỏ vào hòm phiếu', 'dialog button.primary');
      await findText(pages.db05, '.in-box', 'Phiếu của bạn đã ở trong hòm phiếu');
      const [slip] = await kept(pages.db05, 'kyhop.slip.');
      equal(Object.keys(slip).sort().join(), 'at,hash,in_box,paper,serial', 'what is kept');
      check(!(await words(pages.db05)).includes('Tán thành'), 'the choice is still on the page');
      await picture('db05', 'booth-in-box');
      await pages.db05.reload();
      await findText(pages.db05, '.in-box', 'Phiếu của bạn đã ở trong hòm phiếu');
    }],

    ['nothing that left the page says who voted what', async () => {
      if (!sent) return;
      const posts = sent.posts();
      equal(posts.length, 1, 'ballots posted');
      const [post] = posts;
      equal(new URL(post.url).pathname.startsWith('/box/'), true, post.url);
      const names = Object.keys(post.headers).map((h) => h.toLowerCase());
      for (const told of ['cookie', 'authorization', 'referer', 'x-kyhop'])
        check(!names.some((n) => n.startsWith(told)), `${told} went with the ballot`);
      const body = JSON.parse(post.body);
      equal(Object.keys(body).sort().join(), 'ballot,serial,token,vote', 'the body');
      check(!post.body.includes('db05'), 'a name in the body');
      const claims = sent.frames.filter((f) => f.includes('vote.claim'));
      check(claims.length === 1, `${claims.length} claims`);
      for (const frame of sent.frames)
        for (const secret of [body.serial, body.token, body.ballot.slice(0, 60), '"for"', '"against"'])
          check(!frame.includes(secret), `${secret} went over the connection that knows the person`);
    }],

    ['a reload loses no paper; a lost line sends the same ballot again', async () => {
      const [before] = await kept(pages.db06, 'kyhop.slip.');
      await pages.db06.reload();
      await findText(pages.db06, '.booth', 'Bỏ phiếu kín: phiếu được niêm phong');
      equal((await kept(pages.db06, 'kyhop.slip.'))[0].serial, before.serial, 'the serial');
      const bodies = [];
      await pages.db06.setRequestInterception(true);
      const breakTwice = (request) => {
        const isBallot = request.method() === 'POST' && request.url().includes('/box/');
        if (isBallot) bodies.push(kind === 'chrome' ? request.postData() : 'not told by Firefox');
        if (isBallot && bodies.length <= 2) void request.abort('connectionreset');
        else void request.continue();
      };
      pages.db06.on('request', breakTwice);
      await mark(pages.db06, 'Không biểu quyết');
      await press(pages.db06, 'Bỏ vào hòm phiếu', 'dialog button.primary');
      await findText(pages.db06, '.booth-working', 'Chưa tới được hòm phiếu');
      await picture('db06', 'booth-again');
      await findText(pages.db06, '.in-box', 'Phiếu của bạn đã ở trong hòm phiếu', 20_000);
      equal(new Set(bodies).size, 1, 'different ballots sent');
      pages.db06.off('request', breakTwice);
      await pages.db06.setRequestInterception(false);
      pages.db06.problems = []; // the browser tells the broken line
    }],

    ['a paper that another device took is told in words', async () => {
      const state = await stateOf('db07');
      await new Voter(box, server, clients.get('db07')).cast(state, voteOf(state), [[0]]);
      clients.get('db07').close();
      await page('db07', 'db07', 'phone');
      await findText(pages.db07, '.booth-trouble', 'Phiếu của bạn đã được phát trên thiết bị khác');
      await picture('db07', 'booth-elsewhere');
    }],

    ['the box takes each paper once, and nothing that is no ballot', async () => {
      const state = await stateOf('db10');
      const vote = voteOf(state);
      const voter = new Voter(box, server, clients.get('db10'));
      const good = await voter.cast(state, vote, [[0]]);
      equal(good.status, 200, JSON.stringify(good.body));
      const bad = await voter.drop(state.council.id, { vote: vote.vote, serial: box.toText(new Uint8Array(32)), token: box.toText(new Uint8Array(64)), ballot: 'AAAA' });
      check(bad.status >= 400 && bad.status < 500, `${bad.status}`);
    }],

    ['everybody else votes', async () => {
      const state = await stateOf('db11');
      const vote = voteOf(state);
      for (const [i, id] of others.slice(1, 44).entries()) {
        const answer = await new Voter(box, server, clients.get(id)).cast(state, vote, [[i < 38 ? 0 : i < 42 ? 1 : 2]]);
        equal(answer.status, 200, JSON.stringify(answer.body));
      }
      for (const id of members) {
        await mark(pages[id], 'Tán thành');
        await press(pages[id], 'Bỏ vào hòm phiếu', 'dialog button.primary');
        await findText(pages[id], '.in-box', 'đã ở trong hòm phiếu');
      }
      await findText(pages.hall, '.box-numbers', '50/51');
      await findText(pages.chair, '.box-numbers', '50/51');
      await shoot(pages.hall, `${kind}-secret-hall-open`, ['wide']);
      await noViolations();
    }],

    ['the chair closes: the box is sealed and waits for the committee', async () => {
      await press(pages.chair, 'Kết thúc biểu quyết');
      await findText(pages.chair, '.sealed-box', 'Hòm phiếu đã niêm phong');
      await findText(pages.chair, '.sealed-box', '0/2 thành viên đã mở');
      await findText(pages.hall, '.sealed-box', 'Hòm phiếu đã niêm phong');
      await findText(pages.secretary, '.sealed-box', 'Hòm phiếu đã niêm phong');
      await findText(pages.db05, '.in-box', 'Phiếu của bạn có trong hòm phiếu đã công bố', 20_000);
      await picture('db05', 'voter-found');
      await picture('db02', 'member-open');
      await picture('chair', 'chair-sealed');
      await shoot(pages.hall, `${kind}-secret-hall-sealed`, ['wide']);
      await noViolations();
    }],

    ['one member opens the own part', async () => {
      await press(pages.db03, 'Mở hòm phiếu');
      await findText(pages.db03, '.open-box', 'Bạn đã mở phần của mình', 30_000);
      await findText(pages.chair, '.sealed-box', '1/2 thành viên đã mở');
    }],

    ['a member on a new device has the share again by the recovery code, and errors in it are told', async () => {
      await pages.db02.evaluate(() => localStorage.clear());
      await pages.db02.reload();
      await findText(pages.db02, '.committee', 'Phần khóa của bạn không có trên thiết bị này');
      const type = async (code) => {
        const field = await pages.db02.$('.code-typed');
        await field.click({ count: 3 });
        await pages.db02.keyboard.press('Backspace');
        await field.type(code);
        await press(pages.db02, 'Khôi phục', '.committee button');
      };
      await type(codes.db02.slice(0, -1));
      await findText(pages.db02, '.committee .warn-words', 'Còn thiếu 1 ký tự');
      await type(codes.db02.replace(/ \w/, ' U'));
      await findText(pages.db02, '.committee .warn-words', 'Nhóm 2');
      await type(codes.db04);
      await findText(pages.db02, '.committee .warn-words', 'không khớp với phần khóa của bạn');
      await picture('db02', 'member-recover');
      await type(codes.db02.toLowerCase());
      await press(pages.db02, 'Mở hòm phiếu');
      await findText(pages.chair, '.outcome', 'Được thông qua', 30_000);
    }],

    ['the result is what was voted, on every page', async () => {
      const { votes } = await stateOf('db10');
      const counts = votes.at(-1).result.counts[0];
      equal(JSON.stringify(counts.options), JSON.stringify({ for: 44, against: 4, abstain: 2 }), 'the counts');
      await findText(pages.hall, '.outcome', 'Được thông qua');
      for (const id of ['db05', 'db06']) await findText(pages[id], '.in-box', 'Phiếu của bạn có trong hòm phiếu đã công bố', 20_000);
      await picture('db05', 'voter-result');
      await picture('chair', 'chair-result');
      const published = await (await fetch(`${server.url}/box/${(await stateOf('db10')).council.id}/${votes.at(-1).vote}`)).json();
      equal(published.entries.length, 50, 'ballots in the published box');
      equal(JSON.stringify(published.counts), JSON.stringify([[44, 4, 2]]), 'its counts');
      await noViolations();
    }],

    ['a confidence ballot on four persons at once', async () => {
      const subjects = others.slice(-4).map((id) => ({ id, name: nameOf(id) }));
      await clients.get('db75').call('vote.open', { type: 'confidence', question: 'Lấy phiếu tín nhiệm', subjects });
      await findText(pages.db05, '.paper', subjects[3].name);
      await picture('db05', 'booth-subjects');
      for (const [at, level] of [[0, 'Tín nhiệm cao'], [1, 'Tín nhiệm thấp'], [2, 'Tín nhiệm'], [3, 'Tín nhiệm cao']]) {
        const fields = await pages.db05.$$('.paper-subject');
        await fields[at].evaluate((e, wanted) =>
          [...e.querySelectorAll('label')].find((l) => l.innerText.trim() === wanted).querySelector('input').click(), level);
      }
      await press(pages.db05, 'Bỏ vào hòm phiếu');
      await press(pages.db05, 'Bỏ vào hòm phiếu', 'dialog button.primary');
      await findText(pages.db05, '.in-box', 'đã ở trong hòm phiếu', 20_000);
      const state = await stateOf('db10');
      await new Voter(box, server, clients.get('db10')).cast(state, voteOf(state), [[0], [1], [2], [2]]);
      await press(pages.chair, 'Kết thúc biểu quyết');
      for (const id of ['db04', 'db03']) await press(pages[id], 'Mở hòm phiếu');
      await until(async () => (await stateOf('db10')).votes.at(-1).state === 'closed', 'the result', 30_000);
      const { ballot, result } = (await stateOf('db10')).votes.at(-1);
      const rows = result.counts.map((c) => ballot.options.map((o) => c.options[o.id]).join());
      equal(rows.join(' '), '2,0,0 0,1,1 0,1,1 1,0,1', 'the counts');
      await picture('db05', 'voter-subjects-result');
    }],

    ['no page had an error', async () => {
      const problems = Object.values(pages).flatMap((one) => one.problems.map((p) => `${one.person}: ${p}`));
      check(problems.length === 0, problems.join('\n'));
    }],
  ],
  async () => {
    clients.forEach((client) => client.close());
    await browser?.close();
    await server?.stop();
  },
);
