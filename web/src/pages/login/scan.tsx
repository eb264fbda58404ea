// Reading a login card with the camera. Nothing leaves the device but the code itself.

import { useEffect, useRef, useState } from 'preact/hooks';
import { readScan } from '../../api/qr-text';
import { t, type Key } from '../../text/i18n';
import { Dialog } from '../../ui/dialog';

const LOOK_MS = 150;
const WIDTH = 720; // pixels that are looked at: enough for a card at arm's length

type CameraTrouble = 'denied' | 'none' | 'in_use' | 'unknown';

const TROUBLE: Record<CameraTrouble, Key> = {
  denied: 'camera.denied',
  none: 'camera.none',
  in_use: 'camera.in_use',
  unknown: 'camera.unknown',
};

const troubleOf = (error: unknown): CameraTrouble => {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'none';
  return name === 'NotReadableError' || name === 'AbortError' ? 'in_use' : 'unknown';
};

type Look = (video: HTMLVideoElement) => Promise<string | null>;

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats?: () => Promise<string[]>;
}

/** The browser's own reader, where it has one for QR codes. */
const ownLook = async (): Promise<Look | null> => {
  const Class = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (!Class) return null;
  try {
    if (!((await Class.getSupportedFormats?.()) ?? []).includes('qr_code')) return null;
    const detector = new Class({ formats: ['qr_code'] });
    return async (video) => (await detector.detect(video))[0]?.rawValue ?? null;
  } catch {
    return null;
  }
};

/** Ours, fetched only now. */
const libraryLook = async (): Promise<Look> => {
  const { decodeQR } = await import('qr/decode.js');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return (video) => {
    const scale = Math.min(1, WIDTH / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (!context || canvas.width === 0) return Promise.resolve(null);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    try {
      return Promise.resolve(decodeQR({ data, width, height }));
    } catch {
      return Promise.resolve(null); // nothing to be read in this picture
    }
  };
};

const openCamera = (): Promise<MediaStream> =>
  navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } }, audio: false });

const ScanDialog = ({ onCode, onClose }: { onCode: (code: string) => void; onClose: () => void }) => {
  const video = useRef<HTMLVideoElement>(null);
  const [words, setWords] = useState<Key>('scan.opening');

  useEffect(() => {
    let gone = false;
    let timer = 0;
    let stream: MediaStream | null = null;
    const found = (text: string): boolean => {
      const scanned = readScan(text, location.origin);
      if ('code' in scanned) onCode(scanned.code);
      else setWords(scanned.trouble === 'other_site' ? 'scan.other_site' : 'scan.not_ours');
      return 'code' in scanned;
    };
    const lookOn = async (look: Look): Promise<void> => {
      if (gone || !video.current) return;
      const text = await look(video.current).catch(() => null);
      if (gone || (text && found(text))) return;
      timer = window.setTimeout(() => void lookOn(look), LOOK_MS);
    };
    const begin = async (): Promise<void> => {
      try {
        stream = await openCamera();
        if (gone || !video.current) return stream.getTracks().forEach((track) => track.stop());
        video.current.srcObject = stream;
        await video.current.play();
        setWords('scan.hold');
        await lookOn((await ownLook()) ?? (await libraryLook()));
      } catch (error) {
        if (!gone) setWords(TROUBLE[troubleOf(error)]);
      }
    };
    void begin();
    return () => {
      gone = true;
      clearTimeout(timer);
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);

  const bad = words.startsWith('camera.') || words === 'scan.other_site' || words === 'scan.not_ours';
  return (
    <Dialog title={t('scan.title')} onClose={onClose}>
      <p class={bad ? 'warn-words' : ''} role="status">{t(words)}</p>
      <video ref={video} class="scan-view" muted playsInline aria-label={t('scan.view')} />
    </Dialog>
  );
};

export default ScanDialog;
