// Reading the QR code of an invitation with the camera, where the browser itself can.

import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../text/i18n';
import { Button } from '../../ui/button';

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
type DetectorClass = new (options: { formats: string[] }) => Detector;

const detectorClass = (): DetectorClass | undefined =>
  (globalThis as unknown as { BarcodeDetector?: DetectorClass }).BarcodeDetector;

const EVERY_MS = 250;

export const Scanner = ({ onCode }: { onCode: (code: string) => void }) => {
  const [on, setOn] = useState(false);
  const [failed, setFailed] = useState(false);
  const video = useRef<HTMLVideoElement>(null);

  useEffect(() => {
    const Class = detectorClass();
    if (!on || !Class) return;
    let stream: MediaStream | null = null;
    let timer = 0;
    const detector = new Class({ formats: ['qr_code'] });
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }).then(
      (opened) => {
        stream = opened;
        if (!video.current) return;
        video.current.srcObject = opened;
        void video.current.play();
        timer = window.setInterval(() => {
          if (!video.current) return;
          detector.detect(video.current).then(
            (found) => {
              if (!found[0]) return;
              setOn(false);
              onCode(found[0].rawValue);
            },
            () => undefined, // no frame yet
          );
        }, EVERY_MS);
      },
      () => {
        setFailed(true);
        setOn(false);
      },
    );
    return () => {
      clearInterval(timer);
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, [on]);

  if (!detectorClass()) return null;
  return (
    <div class="scanner">
      {on && <video ref={video} class="scanner-view" muted playsInline aria-label={t('login.scan')} />}
      <Button onClick={() => setOn(!on)}>{t(on ? 'action.cancel' : 'login.scan')}</Button>
      {failed && <p class="warn-words" role="alert">{t('login.no_camera')}</p>}
    </div>
  );
};
