// Every microphone: those with the floor first, then all that are joined and closed.

import type { Person, Snapshot, Speech } from '../../api/types';
import type { MediaStats } from '../../media/hall';
import { ask, levels, mainLevel, personOf } from '../../state/store';
import { byGivenName } from '../../text/format';
import { t } from '../../text/i18n';
import { Button } from '../../ui/button';
import { LevelBar } from '../../ui/level';
import { MicBadge, PersonLine } from '../../ui/person';
import { stats } from './stats';

const decibels = (value: number | null | undefined): string =>
  value === null || value === undefined || value <= -100 ? '–' : `${Math.round(value)} dB`;

/** Where the sound of a person comes from. */
const deviceOf = (measured: MediaStats | undefined): string => {
  if (!measured) return t('input.none');
  if (measured.connected === false) return t('operator.disconnected');
  const way = (measured.transport ?? '').toUpperCase();
  return measured.slot !== undefined && measured.slot >= 0 ? t('input.slot', { way, n: measured.slot + 1 }) : way;
};

export const Inputs = ({ state: current }: { state: Snapshot }) => {
  const speaking = new Set(current.floor.speeches.map((s) => s.person));
  const closed = [...stats.value.entries()]
    .filter(([id, s]) => !speaking.has(id) && s.in !== undefined)
    .map(([id, measured]) => ({ person: personOf(id), id, measured }))
    .sort((a, b) => byGivenName({ name: a.person?.name ?? a.id }, { name: b.person?.name ?? b.id }));
  return (
    <section class="panel" aria-labelledby="inputs-title">
      <header class="panel-head">
        <h2 id="inputs-title">{t('operator.inputs')}</h2>
        <Button size="small" icon="micOff" disabled={speaking.size === 0} onClick={() => void ask('mic.mute_all')}>
          {t('action.mute_all')}
        </Button>
      </header>
      <ul class="inputs">
        <li class="mix">
          <span class="person-line"><span class="person-name">{t('operator.mix')}</span></span>
          <LevelBar dbfs={mainLevel.value} label={t('operator.mix')} />
          <span class="db">{decibels(mainLevel.value)}</span>
        </li>
        {current.floor.speeches.map((s) => <Open key={s.request} speech={s} />)}
        {closed.map(({ id, person, measured }) => <Closed key={id} id={id} person={person} measured={measured} />)}
      </ul>
      {speaking.size === 0 && closed.length === 0 && <p class="empty">{t('operator.no_inputs')}</p>}
    </section>
  );
};

const Open = ({ speech }: { speech: Speech }) => {
  const person = personOf(speech.person);
  const live = speech.mic === 'live';
  const name = person?.name ?? speech.person;
  const level = levels.value[speech.person] ?? null;
  return (
    <li class={live ? 'open' : 'open muted'}>
      <PersonLine person={person} id={speech.person} />
      <span class="input-state">
        <MicBadge mic={speech.mic} byChair={speech.muted_by_chair} />
        <small>{deviceOf(stats.value.get(speech.person))}</small>
      </span>
      <LevelBar dbfs={level} label={t('level.of', { name })} />
      <span class="db">{decibels(level)}</span>
      <Button size="small" icon={live ? 'micOff' : 'mic'} label={t(live ? 'action.mute_name' : 'action.unmute_name', { name })}
        onClick={() => void ask(live ? 'mic.mute' : 'mic.unmute', { person: speech.person })}>
        {t(live ? 'action.mute' : 'action.unmute')}
      </Button>
    </li>
  );
};

/** What comes in at a closed gate: seen here, heard by nobody. */
const Closed = ({ id, person, measured }: { id: string; person: Person | undefined; measured: MediaStats }) => (
  <li>
    <PersonLine person={person} id={id} />
    <span class="input-state">
      <MicBadge mic="off" />
      <small>{deviceOf(measured)}</small>
    </span>
    <LevelBar dbfs={measured.in?.peak_dbfs} label={t('level.of', { name: person?.name ?? id })} />
    <span class="db">{decibels(measured.in?.peak_dbfs)}</span>
  </li>
);
