// The device's microphone: permission, choice, and a level that people can see.

import { signal } from '@preact/signals';

export type MicTrouble = 'denied' | 'none' | 'in_use' | 'insecure' | 'unknown';

const STORED = 'kyhop.microphone';

export const devices = signal<MediaDeviceInfo[]>([]);
export const chosenDevice = signal<string>(readChosen());

function readChosen(): string {
  try {
    return localStorage.getItem(STORED) ?? '';
  } catch {
    return '';
  }
}

export const chooseDevice = (id: string): void => {
  chosenDevice.value = id;
  try {
    localStorage.setItem(STORED, id);
  } catch {
    // Not remembered next time; still used now.
  }
};

/** Names are only known after permission. */
export const listDevices = async (): Promise<void> => {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  devices.value = all.filter((d) => d.kind === 'audioinput' && d.deviceId !== '');
};

export const troubleOf = (error: unknown): MicTrouble => {
  const name = error instanceof DOMException || error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none';
  if (name === 'NotReadableError' || name === 'AbortError') return 'in_use';
  return 'unknown';
};

/** Speech-like capture. Throws {trouble}. */
export const openMicrophone = async (): Promise<MediaStream> => {
  if (!navigator.mediaDevices?.getUserMedia) throw new MicError('insecure');
  const wish = (deviceId: string): MediaStreamConstraints => ({
    audio: {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      channelCount: 1,
      ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
    },
  });
  try {
    const stream = await capture(wish(chosenDevice.value));
    await listDevices();
    return stream;
  } catch (error) {
    throw new MicError(troubleOf(error));
  }
};

/** A headset that was chosen once and is not plugged in now must not silence its owner. */
const capture = async (wanted: MediaStreamConstraints): Promise<MediaStream> => {
  try {
    return await navigator.mediaDevices.getUserMedia(wanted);
  } catch (error) {
    if (chosenDevice.value === '' || troubleOf(error) !== 'none') throw error;
    chooseDevice('');
    return navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
  }
};

export class MicError extends Error {
  constructor(readonly trouble: MicTrouble) {
    super(trouble);
  }
}

/** Measures a stream about ten times a second until stopped. dBFS, -100 for silence. */
export const measure = (stream: MediaStream, report: (dbfs: number) => void): (() => void) => {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = window.setInterval(() => {
    if (context.state === 'suspended') void context.resume();
    analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    const rms = Math.sqrt(sum / samples.length);
    report(rms > 1e-5 ? 20 * Math.log10(rms) : -100);
  }, 100);
  return () => {
    clearInterval(timer);
    void context.close();
  };
};
