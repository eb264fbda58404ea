// The countdown ring: a full circle that empties, with the time in the middle.

import type { Phase, Speech } from '../api/types';
import { speechTime } from '../state/speech';
import { now } from '../state/store';
import { countdown, elapsed, spell } from '../text/format';
import { t } from '../text/i18n';

const R = 44;
const AROUND = 2 * Math.PI * R;

export const Ring = ({ speech, phase, size = 'normal' }: {
  speech: Speech;
  phase: Phase;
  size?: 'small' | 'normal' | 'large';
}) => {
  const time = speechTime(speech, now.value);
  const stopped = !speech.running || phase === 'suspended';
  const text = time.left === null ? elapsed(time.spent) : countdown(time.left);
  const name = time.left === null
    ? t('ring.spent', { time: spell(Math.floor(time.spent / 10_000) * 10_000) })
    : time.left < 0
      ? t('ring.over')
      // Ten-second steps: a screen reader that is asked must not get a number that is old at once.
      : t('ring.left', { time: spell(Math.ceil(time.left / 10_000) * 10_000) });
  return (
    <div class={`ring ${size} ${time.tone}${stopped ? ' stopped' : ''}`} role="img" aria-label={name}>
      <svg viewBox="0 0 100 100" aria-hidden="true" focusable="false">
        <circle class="ring-track" cx="50" cy="50" r={R} />
        <circle
          class="ring-left"
          cx="50"
          cy="50"
          r={R}
          transform="rotate(-90 50 50)"
          stroke-dasharray={`${AROUND}`}
          stroke-dashoffset={`${AROUND * (1 - time.share)}`}
        />
      </svg>
      <div class="ring-text" aria-hidden="true">
        <span class={text.length > 4 ? 'ring-time wide' : 'ring-time'} data-countdown={speech.request}>{text}</span>
        <span class="ring-note">
          {stopped ? t('ring.stopped') : time.left === null ? t('ring.no_limit')
            : time.left < 0 ? t('ring.over_short') : t('ring.of', { time: elapsed(speech.limit_ms) })}
        </span>
      </div>
    </div>
  );
};

/** Time left until an instant, as words: "còn 12 giây". */
export const Until = ({ at }: { at: string | null | undefined }) => {
  if (!at) return null;
  const left = Math.max(0, Date.parse(at) - now.value);
  return <span class="until">{t('ring.left', { time: spell(Math.ceil(left / 1000) * 1000) })}</span>;
};
