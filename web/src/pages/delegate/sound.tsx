// One button joins the sound; beside it the truth about whether sound flows, and what to do if not.

import { signal } from '@preact/signals';
import {
  figures, heardDbfs, join, joined, leave, micDbfs, micTrouble, play, playBlocked, renewMicrophone, status,
} from '../../media/hall';
import { chooseDevice, chosenDevice, devices, type MicTrouble } from '../../media/microphone';
import { me } from '../../state/store';
import { t, type Key } from '../../text/i18n';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { LevelBar } from '../../ui/level';

const TROUBLE: Record<MicTrouble, Key> = {
  denied: 'trouble.denied',
  none: 'trouble.none',
  in_use: 'trouble.in_use',
  insecure: 'trouble.insecure',
  unknown: 'trouble.unknown',
};

const headline = (): Key => {
  switch (status.value) {
    case 'starting':
      return 'sound.starting';
    case 'connected':
      return micTrouble.value ? 'sound.listening_only' : 'sound.connected';
    case 'again':
      return 'sound.again';
    case 'failed':
      return 'sound.failed';
    default:
      return 'sound.starting';
  }
};

/** Outside of the bar: the page is drawn anew when it wakes, and what was open stays open. */
const open = signal(false);

export const SoundBar = ({ onCheck }: { onCheck: () => void }) => {
  const now = status.value;
  if (!joined.value)
    return (
      <section class="sound-bar" aria-label={t('sound.region')}>
        <Button tone={me.value?.remote ? 'primary' : 'plain'} icon="sound" onClick={() => void join()}>{t('action.join_sound')}</Button>
      </section>
    );
  return (
    <section class={`sound-bar ${now}`} aria-label={t('sound.region')}>
      <div class="sound-line">
        <p role="status"><Icon name={now === 'connected' ? 'sound' : 'pulse'} /> {t(headline())}</p>
        {!micTrouble.value && <LevelBar dbfs={micDbfs.value} label={t('level.own')} />}
        <Button size="small" tone="quiet" icon={open.value ? 'up' : 'down'} pressed={open.value} onClick={() => (open.value = !open.value)}>
          {t('action.details')}
        </Button>
      </div>
      {playBlocked.value && (
        <div class="trouble"><p>{t('sound.blocked')}</p><Button tone="primary" icon="sound" onClick={play}>{t('action.play')}</Button></div>
      )}
      {micTrouble.value && (
        <div class="trouble" role="alert">
          <p>{t(TROUBLE[micTrouble.value])}</p>
          <Button icon="mic" onClick={() => void renewMicrophone()}>{t('action.try_again')}</Button>
        </div>
      )}
      {now === 'failed' && <div class="trouble" role="alert"><p>{t('trouble.network')}</p></div>}
      {open.value && <Details onCheck={onCheck} />}
    </section>
  );
};

const share = (value: number | null): string => (value === null ? '–' : `${(value * 100).toFixed(1)}%`);
const ms = (value: number | null): string => (value === null ? '–' : `${Math.round(value)} ms`);

const Details = ({ onCheck }: { onCheck: () => void }) => (
  <div class="sound-details">
    <dl class="figures">
      <div><dt>{t('figure.heard')}</dt><dd>{me.value?.mic !== 'live' ? t('figure.closed') : heardDbfs.value === null ? '–' : `${Math.round(heardDbfs.value)} dB`}</dd></div>
      <div><dt>{t('figure.loss_out')}</dt><dd>{share(figures.value.loss_out)}</dd></div>
      <div><dt>{t('figure.loss_in')}</dt><dd>{share(figures.value.loss_in)}</dd></div>
      <div><dt>{t('figure.round_trip')}</dt><dd>{ms(figures.value.round_trip)}</dd></div>
      <div><dt>{t('figure.transport')}</dt><dd>{figures.value.transport?.toUpperCase() ?? '–'}</dd></div>
    </dl>
    {figures.value.transport === 'tcp' && <p class="dim">{t('sound.tcp')}</p>}
    <label class="field">
      <span>{t('sound.device')}</span>
      <select class="input" value={chosenDevice.value}
        onChange={(e) => {
          chooseDevice(e.currentTarget.value);
          void renewMicrophone();
        }}>
        <option value="">{t('sound.default_device')}</option>
        {devices.value.map((d) => <option key={d.deviceId} value={d.deviceId}>{d.label || d.deviceId}</option>)}
      </select>
    </label>
    <div class="button-row">
      <Button size="small" icon="mic" onClick={onCheck}>{t('miccheck.start')}</Button>
      <Button size="small" tone="quiet" icon="cross" onClick={leave}>{t('action.leave_sound')}</Button>
    </div>
  </div>
);
