// The sound of the hall in this page: one WebRTC connection that repairs itself.
//
// The page never opens its own microphone towards the hall: it sends, the server's gate decides.
// Beside that the outgoing track is silenced unless the server says "live", so that nothing private
// leaves the room between speeches.

import { computed, effect, signal } from '@preact/signals';
import { RpcError } from '../api/link';
import { levels, link, me, state } from '../state/store';
import { listDevices, measure, MicError, openMicrophone, type MicTrouble } from './microphone';

export type HallStatus = 'idle' | 'starting' | 'connected' | 'again' | 'failed';

export interface Figures {
  /** ms, browser to server and back */
  round_trip: number | null;
  /** share of packets lost on the way to us, 0 … 1 */
  loss_in: number | null;
  /** share of our packets that the server missed, 0 … 1 */
  loss_out: number | null;
  jitter_ms: number | null;
  transport: 'udp' | 'tcp' | null;
}

const none: Figures = { round_trip: null, loss_in: null, loss_out: null, jitter_ms: null, transport: null };

export const status = signal<HallStatus>('idle');
export const micTrouble = signal<MicTrouble | null>(null);
export const failure = signal<string | null>(null);
export const micDbfs = signal(-100);
export const figures = signal<Figures>(none);
/** The browser wants one more touch before it plays sound. */
export const playBlocked = signal(false);

export const joined = computed(() => status.value !== 'idle');

/** What the server hears from us while our microphone is open; null when it says nothing about us. */
export const heardDbfs = computed(() => levels.value[me.value?.id ?? ''] ?? null);

/** The answer of `media.stats` as far as the pages use it. */
export interface MediaStats {
  joined: boolean;
  connected?: boolean;
  transport?: string;
  slot?: number;
  in?: { peak_dbfs: number; rms_dbfs: number; gate_open: boolean; concealed_ms: number; depth_ms: number; jitter_ms: number };
  webrtc?: { round_trip_ms: number; lost_in: number; lost_out: number; jitter_in_ms: number };
}

const AGAIN_MS = [500, 1_000, 2_000, 4_000, 8_000];
const PATIENCE_MS = 2_500; // "disconnected" often heals by itself
const CONNECT_MS = 12_000;
const ADVICE_AFTER = 2; // tries in vain, after which a person should hear what to do
const FLOW_MS = 1_000;

let peer: RTCPeerConnection | null = null;
let source: MediaStream | null = null;
let sending: MediaStreamTrack | null = null;
let stopMeter: (() => void) | null = null;
let player: HTMLAudioElement | null = null;
let attempt = 0;
let tries = 0;
let againTimer = 0;

/** Called from a press of the button: permission and playing need one. */
export const join = async (): Promise<void> => {
  tries = 0;
  failure.value = null;
  status.value = 'starting';
  unlockPlayer();
  await takeMicrophone();
  await connect();
};

export const leave = (): void => {
  end();
  void link.call('media.leave').catch(() => undefined);
};

/** Nothing is sent or played from here on. */
const end = (): void => {
  attempt++;
  clearTimeout(againTimer);
  status.value = 'idle';
  closePeer();
  releaseMicrophone();
  figures.value = none;
  if (player) player.srcObject = null;
};

/** Another device, or permission that was given later: without leaving the hall. */
export const renewMicrophone = async (): Promise<void> => {
  releaseMicrophone();
  await takeMicrophone();
  if (!joined.value) return;
  const sender = peer?.getSenders().find((s) => s.track !== null || s.transport !== null);
  const wasListening = peer?.getTransceivers()[0]?.direction === 'recvonly';
  if (sender && sending && !wasListening) await sender.replaceTrack(sending);
  else await connect();
};

export const play = (): void => {
  void player?.play().then(
    () => (playBlocked.value = false),
    () => (playBlocked.value = true),
  );
};

const unlockPlayer = (): void => {
  player ??= new Audio();
  player.autoplay = true;
};

const takeMicrophone = async (): Promise<void> => {
  micTrouble.value = null;
  if (source) return;
  try {
    source = await openMicrophone();
  } catch (error) {
    micTrouble.value = error instanceof MicError ? error.trouble : 'unknown';
    return;
  }
  const original = source.getAudioTracks()[0];
  if (!original) return;
  sending = original.clone();
  sending.enabled = me.value?.mic === 'live';
  original.onended = () => {
    micTrouble.value = 'none'; // unplugged
  };
  stopMeter = measure(source, (dbfs) => (micDbfs.value = dbfs));
};

const releaseMicrophone = (): void => {
  stopMeter?.();
  stopMeter = null;
  source?.getTracks().forEach((track) => track.stop());
  sending?.stop();
  source = null;
  sending = null;
  micDbfs.value = -100;
};

const closePeer = (): void => {
  if (!peer) return;
  peer.onconnectionstatechange = null;
  peer.ontrack = null;
  peer.close();
  peer = null;
};

const connect = async (): Promise<void> => {
  const mine = ++attempt;
  clearTimeout(againTimer);
  closePeer();
  const connection = new RTCPeerConnection({ iceServers: state.value?.ice_servers ?? [] });
  peer = connection;
  connection.ontrack = (event) => hear(event.streams[0] ?? new MediaStream([event.track]));
  connection.onconnectionstatechange = () => {
    if (mine === attempt) changed(connection, mine);
  };
  if (sending) connection.addTransceiver(sending, { direction: 'sendrecv' });
  else connection.addTransceiver('audio', { direction: 'recvonly' });
  try {
    await connection.setLocalDescription(await connection.createOffer());
    const answer = await link.call<{ answer: string }>('media.join', {
      transport: 'webrtc',
      offer: connection.localDescription?.sdp ?? '',
    });
    if (mine !== attempt) return;
    await connection.setRemoteDescription({ type: 'answer', sdp: answer.answer });
    againTimer = window.setTimeout(() => {
      if (mine === attempt && connection.connectionState !== 'connected') again();
    }, CONNECT_MS);
  } catch (error) {
    if (mine !== attempt) return;
    failure.value = error instanceof RpcError ? (error.data?.code ?? error.message) : String(error);
    again();
  }
};

const hear = (stream: MediaStream): void => {
  unlockPlayer();
  if (!player) return;
  player.srcObject = stream;
  play();
};

const changed = (connection: RTCPeerConnection, mine: number): void => {
  const now = connection.connectionState;
  if (now === 'connected') {
    tries = 0;
    clearTimeout(againTimer);
    failure.value = null;
    status.value = 'connected';
  } else if (now === 'failed' || now === 'closed') {
    again();
  } else if (now === 'disconnected') {
    clearTimeout(againTimer);
    againTimer = window.setTimeout(() => {
      if (mine === attempt && connection.connectionState !== 'connected') again();
    }, PATIENCE_MS);
  }
};

const again = (): void => {
  if (!joined.value) return;
  status.value = tries >= ADVICE_AFTER ? 'failed' : 'again';
  const wait = AGAIN_MS[Math.min(tries++, AGAIN_MS.length - 1)] ?? 8_000;
  clearTimeout(againTimer);
  againTimer = window.setTimeout(() => void connect(), wait);
};

// The track sends sound only while the server says so.
effect(() => {
  const live = me.value?.mic === 'live';
  if (sending) sending.enabled = live;
});

// Another device has the place now, or nobody: the microphone here is let go at once.
effect(() => {
  const gone = ['taken', 'elsewhere', 'signed_out'].includes(link.status.value);
  if (gone && status.peek() !== 'idle') end();
});

// After a lost line the server may have let our place in the mixer go: find out and come back.
let wasOpen = false;
effect(() => {
  const open = link.status.value === 'open';
  if (open && !wasOpen && status.peek() !== 'idle') void comeBack();
  wasOpen = open;
});

const comeBack = async (): Promise<void> => {
  const before = peer;
  if (before && (await flows(before))) {
    try {
      if ((await link.call<MediaStats>('media.stats')).joined) return;
    } catch {
      // No answer: joining again finds out.
    }
  }
  if (peer !== before || status.peek() === 'idle') return; // another way was begun meanwhile
  tries = 0;
  await connect();
};

const packetsOf = async (connection: RTCPeerConnection): Promise<number> => {
  let packets = 0;
  (await connection.getStats()).forEach((entry: Record<string, unknown>) => {
    if (entry.type === 'inbound-rtp') packets = Number(entry.packetsReceived ?? 0);
  });
  return packets;
};

/** The hall's sound comes all the time, silence too. A browser believes in a dead way for many
 *  seconds; packets do not lie. */
const flows = async (connection: RTCPeerConnection): Promise<boolean> => {
  if (connection.connectionState !== 'connected') return false;
  const packets = await packetsOf(connection);
  await new Promise((resolve) => setTimeout(resolve, FLOW_MS));
  return connection.connectionState === 'connected' && (await packetsOf(connection)) > packets;
};

/** From Wi-Fi to the mobile network, awake again after a sleep: without waiting for the next try. */
const networkChanged = (): void => {
  if (status.peek() !== 'idle' && link.status.peek() === 'open') void comeBack();
};

/** Which way the sound takes and what is lost towards us: the browser knows. */
const readBrowser = async (connection: RTCPeerConnection, next: Figures): Promise<void> => {
  const entries: Record<string, unknown>[] = [];
  (await connection.getStats()).forEach((entry: Record<string, unknown>) => entries.push(entry));
  for (const entry of entries) {
    if (entry.type === 'candidate-pair' && (entry.nominated || entry.selected) && entry.state === 'succeeded') {
      if (typeof entry.currentRoundTripTime === 'number') next.round_trip = entry.currentRoundTripTime * 1000;
      const protocol = entries.find((e) => e.id === entry.localCandidateId)?.protocol;
      if (protocol === 'udp' || protocol === 'tcp') next.transport = protocol;
    }
    if (entry.type === 'inbound-rtp') next.loss_in = lossSince(entry);
  }
};

let before = { lost: 0, received: 0 };
const lossSince = (entry: Record<string, unknown>): number => {
  const now = { lost: Number(entry.packetsLost ?? 0), received: Number(entry.packetsReceived ?? 0) };
  const lost = Math.max(0, now.lost - before.lost);
  const all = lost + Math.max(0, now.received - before.received);
  before = now;
  return all > 0 ? lost / all : 0;
};

/** What is lost from us: the server knows. It also tells whether it still knows us. */
const readServer = async (next: Figures): Promise<void> => {
  const stats = await link.call<MediaStats>('media.stats');
  if (!stats.joined) {
    again();
    return;
  }
  next.loss_out = stats.webrtc?.lost_in ?? null;
  next.jitter_ms = stats.in?.jitter_ms ?? stats.webrtc?.jitter_in_ms ?? null;
};

/** Nothing came since the last reading: the way is dead, whatever the browser still believes. */
let arrived: { on: RTCPeerConnection; packets: number } | null = null;
const isDead = async (connection: RTCPeerConnection): Promise<boolean> => {
  const packets = await packetsOf(connection);
  const dead = arrived?.on === connection && arrived.packets === packets;
  arrived = { on: connection, packets };
  return dead && connection === peer;
};

const readFigures = async (): Promise<void> => {
  const connection = peer;
  if (!connection || connection.connectionState !== 'connected' || link.status.value !== 'open') return;
  const next: Figures = { ...none };
  try {
    if (await isDead(connection)) {
      again();
      return;
    }
    await readBrowser(connection, next);
    await readServer(next);
    if (connection === peer) figures.value = next;
  } catch {
    // The next reading follows in a moment.
  }
};

const FIGURES_MS = 3_000;
if (typeof window !== 'undefined') {
  window.setInterval(() => void readFigures(), FIGURES_MS);
  window.addEventListener('online', networkChanged);
  window.addEventListener('pageshow', networkChanged);
  (navigator as { connection?: EventTarget }).connection?.addEventListener('change', networkChanged);
  navigator.mediaDevices?.addEventListener?.('devicechange', () => void listDevices());
}
