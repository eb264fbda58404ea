import type { Snapshot, Speech } from '../../api/types';
import { busy, kindName, levels, personOf } from '../../state/store';
import { spell } from '../../text/format';
import { t } from '../../text/i18n';
import { Button } from '../../ui/button';
import { LevelBar } from '../../ui/level';
import { MicBadge, PersonLine } from '../../ui/person';
import { Ring } from '../../ui/ring';
import { callNext, endSpeech, extend, mute, muteAll, toggleStop, unmute } from './index';

const EXTRA_MS = [30_000, 60_000, 180_000];

export const SpeakersPanel = ({ state, onCall, onHelp }: {
  state: Snapshot;
  onCall: () => void;
  onHelp: () => void;
}) => {
  const { speeches, queue } = state.floor;
  const sitting = state.phase === 'sitting';
  const next = queue.find((w) => w.state === 'accepted');
  return (
    <section class="panel speakers" aria-labelledby="speakers-title">
      <header class="panel-head">
        <h2 id="speakers-title">{t('chair.speaking')}</h2>
        <div class="panel-tools">
          <Button size="small" tone="quiet" icon="keyboard" onClick={onHelp} hotkey="?">
            {t('action.keys')}
          </Button>
          <Button size="small" icon="micOff" hotkey="Shift+M" disabled={speeches.length === 0} onClick={() => void muteAll()}>
            {t('action.mute_all')}
          </Button>
        </div>
      </header>
      {speeches.length === 0 ? (
        <p class="empty">{t(sitting ? 'chair.nobody_speaks' : 'chair.no_sitting')}</p>
      ) : (
        <ul class="speaker-list">
          {speeches.map((s) => (
            <SpeakerCard key={s.request} speech={s} state={state} keys={s === speeches[0]} alone={speeches.length === 1} />
          ))}
        </ul>
      )}
      <footer class="panel-foot">
        <Button
          tone="primary" size="large" icon="next" hotkey="N"
          disabled={!sitting || !next}
          busy={busy.value.has('floor.next')}
          onClick={() => void callNext()}
        >
          {next ? t('action.call_next_name', { name: personOf(next.person)?.name ?? next.person }) : t('action.call_next')}
        </Button>
        <Button size="large" icon="people" hotkey="C" disabled={!sitting} onClick={onCall}>
          {t('action.call_other')}
        </Button>
      </footer>
    </section>
  );
};

const SpeakerCard = ({ speech, state, keys, alone }: {
  speech: Speech;
  state: Snapshot;
  /** The one that the keys mean */
  keys: boolean;
  alone: boolean;
}) => {
  const person = personOf(speech.person);
  const target = personOf(speech.target);
  const live = speech.mic === 'live';
  return (
    <li class={`speaker-card ${live ? 'live' : 'muted'}${alone ? '' : ' compact'}`} data-speech={speech.request}>
      <Ring speech={speech} phase={state.phase} size={alone ? 'large' : 'normal'} />
      <div class="speaker-body">
        <p class="speaker-kind">
          {kindName(speech.kind)}
          {target && ` → ${target.name}`}
        </p>
        <h3 class="speaker-name"><PersonLine person={person} id={speech.person} /></h3>
        <div class="speaker-mic">
          <MicBadge mic={speech.mic} byChair={speech.muted_by_chair} />
          {person?.lost && <strong class="lost" role="status">{t('presence.lost')}</strong>}
          {live && <LevelBar dbfs={levels.value[speech.person] ?? null} label={t('level.of', { name: person?.name ?? '' })} />}
        </div>
      </div>
      <div class="button-row speaker-tools">
        {speech.limit_ms > 0 && EXTRA_MS.map((ms) => (
          <Button key={ms} size="small" hotkey={keys && ms === 60_000 ? 'E' : undefined}
            label={t('action.extend_for', { time: spell(ms), name: person?.name ?? '' })}
            onClick={() => void extend(speech.person, ms)}>
            +{spell(ms)}
          </Button>
        ))}
        <Button size="small" icon={live ? 'micOff' : 'mic'} tone={live ? 'plain' : 'good'} hotkey={keys ? 'M' : undefined}
          label={t(live ? 'action.mute_name' : 'action.unmute_name', { name: person?.name ?? '' })}
          onClick={() => void (live ? mute(speech.person) : unmute(speech.person))}>
          {t(live ? 'action.mute' : 'action.unmute')}
        </Button>
        <Button size="small" icon={speech.interrupted ? 'play' : 'pause'}
          label={t(speech.interrupted ? 'action.go_on_name' : 'action.interrupt_name', { name: person?.name ?? '' })}
          hotkey={keys ? 'P' : undefined}
          onClick={() => void toggleStop(speech)}>
          {t(speech.interrupted ? 'action.go_on' : 'action.interrupt')}
        </Button>
        <Button size="small" icon="stop" tone="danger" hotkey={keys ? 'S' : undefined}
          label={t('action.end_name', { name: person?.name ?? '' })}
          onClick={() => void endSpeech(speech.person)}>
          {t('action.end_speech')}
        </Button>
      </div>
    </li>
  );
};
