// Records what a delegate's page receives through a sitting that makes every kind of event: snapshots
// before and after each step, and the events between. The unit tests replay it (web/test).
//
//   record.mjs KYHOP > web/test/fixtures/sitting.json

import { ApiClient } from './api-client.mjs';
import { Server } from './server.mjs';

const VIEWER = 'd2';
const rosterText = `id,name,title,group,seat,birth,roles
d1,Lương Hữu Tuấn,Chủ tịch,Tổ 1,A1,1960-01-01,chair delegate
${Array.from({ length: 8 }, (_, i) => `d${i + 2},Đại biểu ${i + 2},,Tổ ${i % 3},A${i + 2},1970-01-0${i + 1},delegate`).join('\n')}
g1,Giám đốc Sở,,,,,guest
s1,Thư ký Một,,,,,secretary
s2,Thư ký Hai,,,,,secretary
o1,Kỹ thuật viên,,,,,operator
it1,Công nghệ,,,,,it
`;

const server = await Server.start(process.argv[2], { rosterText, settings: '{ time_over = "warn" }' });
const people = {};
for (const id of ['d1', 'd2', 'd3', 'd4', 'd5', 'd6', 'd7', 'd8', 'g1', 's1', 's2', 'o1', 'it1'])
  people[id] = await ApiClient.login(server, await server.invite(id));
const { d1: chair, d2, d3, d4, d5, s1, s2, o1, it1 } = people;
const viewer = people[VIEWER];
const steps = [];
const snapshot = async () => {
  const answer = await viewer.call('state.get');
  return { seq: answer.seq, state: answer.state };
};
const start = { seq: viewer.hello.seq, state: viewer.hello.state };

const step = async (name, ...calls) => {
  for (const [who, method, params] of calls) await who.call(method, params);
  steps.push({ name, ...(await snapshot()) });
};
const lastRequest = async (person) => {
  const { floor } = (await viewer.call('state.get')).state;
  return [...floor.queue, ...floor.speeches].find((r) => r.person === person)?.request;
};
const openVote = async () => (await viewer.call('state.get')).state.votes.at(-1).vote;

await step('the session opens', [chair, 'session.open', { name: 'Kỳ họp thử' }]);
await step('people come', ...Object.values(people).slice(0, 8).map((p, i) => [p, 'attendance.check_in', i === 4 ? { remote: true } : {}]));
await step('one is excused', [s1, 'attendance.excuse', { person: 'd9', note: 'ốm' }]);
await step('the sitting opens', [chair, 'sitting.open', {}]);
await step('an item begins', [chair, 'agenda.start', { item: 'thao-luan' }]);
await step('requests of several lanes', [d2, 'floor.request', { kind: 'speech' }], [d3, 'floor.request', { kind: 'speech', note: 'Về đường sá' }],
  [d4, 'floor.request', { kind: 'question', target: 'g1' }], [d5, 'floor.request', { kind: 'point_of_order' }],
  [people.d6, 'floor.request', { kind: 'close_sitting' }], [people.d7, 'floor.request', { kind: 'speech' }]);
await step('one supports', [d2, 'floor.support', { request: await lastRequest('d6') }]);
await step('the demand has its supporters', [d3, 'floor.support', { request: await lastRequest('d6') }]);
await step('the chair moves one before another', [chair, 'floor.move', { request: await lastRequest('d7'), before: await lastRequest('d2') }]);
await step('and to the end', [chair, 'floor.move', { request: await lastRequest('d2') }]);
await step('one withdraws', [d5, 'floor.withdraw', { request: await lastRequest('d5') }]);
await step('one is denied', [chair, 'floor.deny', { request: await lastRequest('d4'), note: 'ngoài nội dung' }]);
await step('the list closes', [chair, 'list.close', {}]);
await step('and opens', [chair, 'list.open', {}]);
await step('the next is called', [chair, 'floor.next', {}]);
await step('then the next of a lane', [chair, 'floor.next', { lane: 'speech' }]);
await step('a guest is called without asking', [chair, 'floor.grant', { person: 'g1', kind: 'report' }]);
await step('the chair mutes one', [chair, 'mic.mute', { person: 'g1' }]);
await step('and opens again', [chair, 'mic.unmute', { person: 'g1' }]);
await step('the speaker mutes and opens', [people.g1, 'mic.mute', {}], [people.g1, 'mic.unmute', {}]);
await step('the operator mutes all', [o1, 'mic.mute_all', {}]);
await step('more time', [chair, 'floor.extend', { person: 'g1', by_ms: 60000 }]);
await step('a recess', [chair, 'sitting.suspend', {}]);
await step('goes on', [chair, 'sitting.resume', {}]);
await step('the chair interrupts one', [chair, 'floor.stop', { person: 'g1' }]);
await step('and lets go on', [chair, 'floor.resume', { person: 'g1' }]);
await step('the sitting becomes closed and public again', [chair, 'sitting.publish', { closed: true }], [chair, 'sitting.publish', { closed: false }]);
await step('a speaker ends', [people.g1, 'floor.release', {}]);
await step('another is stopped', [chair, 'floor.revoke', { person: 'd7', note: 'hết ý' }]);
await step('a vote opens', [chair, 'vote.open', { type: 'resolution', question: 'Nghị quyết thử', item: 'thao-luan' }]);
await step('votes are cast and changed', [d2, 'vote.cast', { vote: await openVote(), choice: 'against' }],
  [d2, 'vote.cast', { vote: await openVote(), choice: 'for' }], [d3, 'vote.cast', { vote: await openVote(), choice: 'for' }],
  [chair, 'vote.cast', { vote: await openVote(), choice: 'abstain' }]);
await step('one comes, one goes while voting', [s1, 'attendance.check_in', { person: 'd9' }], [people.d8, 'attendance.check_out', {}]);
await step('the vote closes', [chair, 'vote.close', { vote: await openVote() }]);
await step('the vote is held again', [chair, 'vote.reopen', { vote: await openVote() }], [d2, 'vote.cast', { vote: await openVote(), choice: 'abstain' }]);
await step('and put off', [chair, 'vote.defer', { vote: await openVote() }]);
await step('a proxy is given and taken back', [d3, 'proxy.give', { target: 'd4' }], [d3, 'proxy.end', {}]);
await step('a vote by hand', [chair, 'vote.open', { type: 'agenda', question: 'Chương trình' }],
  [s1, 'vote.tally', { vote: 2, form: 'hands', counts: { for: 6, against: 1, abstain: 0, invalid: 0 } }],
  [s1, 'vote.tally', { vote: 2, form: 'hands', counts: { for: 5, against: 2, abstain: 1, invalid: 0 } }]);
await step('a second counts the same', [s2, 'vote.tally', { vote: 2, form: 'hands', counts: { for: 5, against: 2, abstain: 1, invalid: 0 } }]);
await step('and it closes', [chair, 'vote.close', { vote: 2 }]);
await step('a vote is cancelled', [chair, 'vote.open', { type: 'elect', question: 'Bầu' }], [chair, 'vote.cancel', { vote: 3, note: 'nhầm' }]);
await step('the procedure is loaded again', [it1, 'procedure.reload', {}]);
await step('the item ends', [chair, 'agenda.finish', { item: 'thao-luan' }]);
await step('the sitting closes', [chair, 'sitting.close', {}]);
await step('the session closes', [chair, 'session.close', {}]);

await new Promise((resolve) => setTimeout(resolve, 300)); // the recording's own events follow
steps.push({ name: 'at the end', ...(await snapshot()) });
// What never changes is kept once.
const { procedure, council } = start.state;
for (const one of [start, ...steps]) {
  delete one.state.procedure;
  delete one.state.council;
}
process.stdout.write(`${JSON.stringify({ you: VIEWER, procedure, council, start, events: viewer.events, steps }, null, 0)}\n`);
Object.values(people).forEach((p) => p.close());
await server.stop();
