// A browser and a microphone of the hall (plain RTP, L16) speak at the same time: a page that listens
// hears both, the speaking page hears the hall and not itself.
//
//   hall-microphone.mjs KYHOP      Chromium: its pretended microphone plays a file

import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from './api-client.mjs';
import { findText, launch, openAs, press } from './browser.mjs';
import { Server } from './server.mjs';
import { check, isolate, MEDIA_ADDRESS, story, until } from './tap.mjs';

if (isolate(import.meta.url)) await new Promise(() => undefined);

const [program] = process.argv.slice(2);
const HALL_HZ = 700;
const PAGE_HZ = 1500;
const PACKET = 240; // samples, 5 ms
const APART_DB = 40;

const tone = (hertz, from, samples) =>
  Int16Array.from({ length: samples }, (_, i) => 8000 * Math.sin((2 * Math.PI * hertz * (from + i)) / 48000));

/** A mono 48 kHz wav of one second with whole periods, so that it loops without a click. */
const wavOf = (hertz) => {
  const data = Buffer.from(tone(hertz, 0, 48000).buffer);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(48000, 24);
  head.writeUInt32LE(96000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
};

/** The hall's microphone: sends what is due every few ms. */
class Microphone {
  async join(operator, person) {
    this.socket = createSocket('udp4');
    await new Promise((resolve) => this.socket.bind(0, MEDIA_ADDRESS, resolve));
    const answer = await operator.call('media.join', {
      transport: 'rtp', person, address: MEDIA_ADDRESS, port: this.socket.address().port, encoding: 'L16', ptime_ms: 5,
    });
    const begun = performance.now();
    let sent = 0;
    this.timer = setInterval(() => {
      for (; sent * 5 < performance.now() - begun; sent++) this.send(answer, sent);
    }, 3);
  }

  send(answer, number) {
    const packet = Buffer.alloc(12 + 2 * PACKET);
    packet.writeUInt8(0x80, 0);
    packet.writeUInt8(answer.payload_type, 1);
    packet.writeUInt16BE(number & 0xffff, 2);
    packet.writeUInt32BE((number * PACKET) >>> 0, 4);
    packet.writeUInt32BE(answer.ssrc, 8);
    tone(HALL_HZ, number * PACKET, PACKET).forEach((sample, i) => packet.writeInt16BE(sample, 12 + 2 * i));
    this.socket.send(packet, answer.port, answer.address);
  }

  close() {
    clearInterval(this.timer);
    this.socket?.close();
  }
}

/** What is tested is the mix: a tone must not be taken for noise by the browser. */
const prepare = () => {
  const Real = window.RTCPeerConnection;
  window.connections = [];
  window.RTCPeerConnection = class extends Real {
    constructor(...args) {
      super(...args);
      window.connections.push(this);
    }
  };
  const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = () =>
    capture({ audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
};

/** dB of each tone in what the page hears. */
const levels = (page) =>
  page.evaluate(async (tones) => {
    const { track } = window.connections.at(-1).getReceivers()[0];
    const context = new AudioContext({ sampleRate: 48000 });
    const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    await context.close();
    return tones.map((hz) => {
      const at = Math.round((hz * 8192) / 48000);
      return Math.max(...bins.slice(at - 2, at + 3), -200);
    });
  }, [HALL_HZ, PAGE_HZ]);

let server;
let browser;
let chair;
let operator;
let folder;
let speaker;
let listener;
const microphone = new Microphone();

await story(
  [
    ['a page and the hall have the floor, another page listens', async () => {
      server = await Server.start(program, { settings: '{ quorum = "none" }' });
      folder = mkdtempSync(join(tmpdir(), 'kyhop-hall-'));
      writeFileSync(join(folder, 'page.wav'), wavOf(PAGE_HZ));
      browser = await launch('chrome', { more: [`--use-file-for-fake-audio-capture=${join(folder, 'page.wav')}`] });
      chair = await ApiClient.login(server, await server.invite('db01'));
      operator = await ApiClient.login(server, await server.invite('kythuat'));
      const clerk = await ApiClient.login(server, await server.invite('thuky1'));
      await chair.call('session.open');
      await clerk.call('attendance.check_in', { person: 'db05' });
      clerk.close();
      await microphone.join(operator, 'db05');
    }],

    ['the listener hears both, the speaker hears the hall and not itself', async () => {
      speaker = await openAs(browser, server, 'db02', 'phone', prepare);
      listener = await openAs(browser, server, 'db03', 'phone', prepare);
      for (const page of [speaker, listener]) {
        await page.bringToFront();
        await press(page, 'Dự từ xa');
        await findText(page, '.sound-bar', 'Đang nghe phòng họp', 15_000);
      }
      await chair.call('sitting.open');
      await chair.call('agenda.start', { item: 'thao-luan' });
      for (const person of ['db02', 'db05']) await chair.call('floor.grant', { person, kind: 'speech' });
      await until(async () => Math.min(...(await levels(listener))) > -60, 'the listener hears both', 20_000);
      await until(async () => {
        const [hall, own] = await levels(speaker);
        return hall > -60 && own < hall - APART_DB;
      }, 'the speaker hears the hall only', 20_000);
      const heard = await levels(listener);
      const own = await levels(speaker);
      console.log(`# dB of hall and page: listener ${heard.map(Math.round)}, speaker ${own.map(Math.round)}`);
    }],

    ['the hall muted by the chair: the page alone is heard', async () => {
      await chair.call('mic.mute', { person: 'db05' });
      await until(async () => {
        const [hall, page] = await levels(listener);
        return hall < -90 && page > -60;
      }, 'the listener hears the page only', 20_000);
      check((await levels(speaker))[0] < -90, 'the speaker hears nothing of the hall');
    }],
  ],
  async () => {
    microphone.close();
    chair?.close();
    operator?.close();
    await browser?.close();
    await server?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  },
);
