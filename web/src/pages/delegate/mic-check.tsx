// A microphone check before the sitting: see the level, hear oneself. Nothing leaves the device.

import { signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import {
  chooseDevice, chosenDevice, devices, measure, MicError, openMicrophone, type MicTrouble,
} from '../../media/microphone';
import { t } from '../../text/i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { LevelBar } from '../../ui/level';

const RECORD_MS = 4_000;
const HEARD_DBFS = -35;

/** The microphone of this device was heard since the page was opened. */
export const micChecked = signal(false);

export const MicCheckDialog = ({ onClose }: { onClose: () => void }) => {
  const [level, setLevel] = useState(-100);
  const [best, setBest] = useState(-100);
  const [trouble, setTrouble] = useState<MicTrouble | null>(null);
  const [phase, setPhase] = useState<'ready' | 'recording' | 'playing'>('ready');
  const stream = useRef<MediaStream | null>(null);
  const device = chosenDevice.value;

  useEffect(() => {
    let stop = () => undefined as void;
    let gone = false;
    openMicrophone().then(
      (opened) => {
        if (gone) {
          opened.getTracks().forEach((track) => track.stop());
          return;
        }
        stream.current = opened;
        setTrouble(null);
        const stopMeter = measure(opened, (dbfs) => {
          setLevel(dbfs);
          setBest((old) => Math.max(old, dbfs));
          if (dbfs > HEARD_DBFS) micChecked.value = true;
        });
        stop = () => {
          stopMeter();
          opened.getTracks().forEach((track) => track.stop());
        };
      },
      (error) => setTrouble(error instanceof MicError ? error.trouble : 'unknown'),
    );
    return () => {
      gone = true;
      stop();
    };
  }, [device]);

  const verdict = trouble ? `trouble.${trouble}` as const
    : best > HEARD_DBFS ? 'miccheck.good' : best > -60 ? 'miccheck.low' : 'miccheck.speak';

  return (
    <Dialog title={t('miccheck.title')} onClose={onClose}>
      <p role="status" class={trouble ? 'warn-words' : ''}>{t(verdict)}</p>
      <LevelBar dbfs={level} label={t('level.own')} />
      <label class="field">
        <span>{t('sound.device')}</span>
        <select class="input" value={device} onChange={(e) => { setBest(-100); chooseDevice(e.currentTarget.value); }}>
          <option value="">{t('sound.default_device')}</option>
          {devices.value.map((d) => <option key={d.deviceId} value={d.deviceId}>{d.label || d.deviceId}</option>)}
        </select>
      </label>
      <div class="button-row">
        <Button icon="record" disabled={trouble !== null} busy={phase !== 'ready'}
          onClick={() => stream.current && void echo(stream.current, setPhase)}>
          {t(phase === 'recording' ? 'miccheck.recording' : phase === 'playing' ? 'miccheck.playing' : 'miccheck.record')}
        </Button>
      </div>
    </Dialog>
  );
};

/** Record a few seconds and play them back. */
const echo = async (stream: MediaStream, setPhase: (phase: 'ready' | 'recording' | 'playing') => void) => {
  const context = new AudioContext();
  try {
    setPhase('recording');
    const blob = await record(stream);
    setPhase('playing');
    const source = context.createBufferSource();
    source.buffer = await context.decodeAudioData(await blob.arrayBuffer());
    source.connect(context.destination);
    await new Promise<void>((done) => {
      source.onended = () => done();
      source.start();
    });
  } finally {
    setPhase('ready');
    void context.close();
  }
};

const record = (stream: MediaStream): Promise<Blob> =>
  new Promise((resolve) => {
    const recorder = new MediaRecorder(stream);
    const parts: Blob[] = [];
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.onstop = () => resolve(new Blob(parts, { type: recorder.mimeType }));
    recorder.start();
    window.setTimeout(() => recorder.stop(), RECORD_MS);
  });
