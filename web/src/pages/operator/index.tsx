// The operator's page: what every microphone gives, how every remote person is connected, the
// server's health.

import '../../style/staff.css';
import { signal } from '@preact/signals';
import type { Snapshot } from '../../api/types';
import type { MediaStats } from '../../media/hall';
import { ask, levels, link, mainLevel, notes, onEvent, personOf, state } from '../../state/store';
import { known, t, word } from '../../text/i18n';
import { Button } from '../../ui/button';
import { health, readHealth, type Metric } from '../../ui/health';
import { Icon } from '../../ui/icon';
import { LevelBar } from '../../ui/level';
import { EventLog } from '../../ui/log';
import { MicBadge, PersonLine } from '../../ui/person';
import { usePoll } from '../../ui/poll';

const STATS_MS = 2_000;
const HEALTH_MS = 5_000;
const AT_ONCE = 40; // persons asked about in one round

/** Of those whose sound is joined. */
const stats = signal<ReadonlyMap<string, MediaStats>>(new Map());

/** The server tells who joined since this page opened; those present from afar are asked about too. */
const candidates = (current: Snapshot): string[] => {
  const speaking = current.floor.speeches.map((s) => s.person);
  const remote = current.persons.filter((p) => p.remote && p.presence === 'present').map((p) => p.id);
  const told = notes.value.sound?.person;
  return [...new Set([...speaking, ...stats.value.keys(), ...(typeof told === 'string' ? [told] : []), ...remote])].slice(0, AT_ONCE);
};

const readStats = async (): Promise<void> => {
  const current = state.value;
  if (!current || link.status.value !== 'open') return;
  const answers = await Promise.all(
    candidates(current).map((person) =>
      link.call<MediaStats>('media.stats', { person }).then(
        (answer) => [person, answer] as const,
        () => null,
      ),
    ),
  );
  stats.value = new Map(answers.filter((a) => a !== null).filter(([, s]) => s.joined));
};

const OperatorPage = () => {
  const current = state.value as Snapshot;
  usePoll(readStats, STATS_MS);
  usePoll(readHealth, HEALTH_MS);
  return (
    <main id="main" class="page staff" tabIndex={-1}>
      <h1 class="visually-hidden">{t('page.operator')}</h1>
      <Trouble />
      <div class="staff-main">
        <Inputs state={current} />
        <Remote />
      </div>
      <div class="staff-side">
        <HealthPanel />
        <section class="panel" aria-labelledby="log-title">
          <header class="panel-head"><h2 id="log-title">{t('log.title')}</h2></header>
          <EventLog title={t('log.title')} />
        </section>
      </div>
    </main>
  );
};

export default OperatorPage;

const Trouble = () => {
  const trouble = notes.value.trouble as { code?: string; text?: string } | undefined;
  return (
    <div class="ask-strip" role="alert">
      {trouble && (
        <div class="ask-card">
          <Icon name="warn" />
          <div class="ask-words">
            <p class="ask-text">{t('trouble.server')}</p>
            <p>{trouble.text}</p>
          </div>
        </div>
      )}
    </div>
  );
};

const Inputs = ({ state: current }: { state: Snapshot }) => (
  <section class="panel" aria-labelledby="inputs-title">
    <header class="panel-head">
      <h2 id="inputs-title">{t('operator.inputs')}</h2>
      <Button size="small" icon="micOff" disabled={current.floor.speeches.length === 0} onClick={() => void ask('mic.mute_all')}>
        {t('action.mute_all')}
      </Button>
    </header>
    <ul class="inputs">
      <li>
        <span class="person-line"><span class="person-name">{t('operator.mix')}</span></span>
        <LevelBar dbfs={mainLevel.value} label={t('operator.mix')} />
        <span class="db">{decibels(mainLevel.value)}</span>
      </li>
      {current.floor.speeches.map((s) => {
        const person = personOf(s.person);
        const live = s.mic === 'live';
        const name = person?.name ?? s.person;
        return (
          <li key={s.request}>
            <PersonLine person={person} id={s.person} />
            <MicBadge mic={s.mic} byChair={s.muted_by_chair} />
            <LevelBar dbfs={levels.value[s.person] ?? null} label={t('level.of', { name })} />
            <span class="db">{decibels(levels.value[s.person] ?? null)}</span>
            <Button size="small" icon={live ? 'micOff' : 'mic'} label={t(live ? 'action.mute_name' : 'action.unmute_name', { name })}
              onClick={() => void ask(live ? 'mic.mute' : 'mic.unmute', { person: s.person })}>
              {t(live ? 'action.mute' : 'action.unmute')}
            </Button>
          </li>
        );
      })}
    </ul>
    {current.floor.speeches.length === 0 && <p class="empty">{t('operator.no_inputs')}</p>}
  </section>
);

const decibels = (value: number | null): string => (value === null || value <= -100 ? '–' : `${Math.round(value)} dB`);
const share = (value: number | undefined): string => (value === undefined ? '–' : `${(value * 100).toFixed(1)}%`);
const ms = (value: number | undefined): string => (value === undefined ? '–' : `${Math.round(value)} ms`);

const Remote = () => {
  const rows = [...stats.value.entries()];
  return (
    <section class="panel" aria-labelledby="remote-title">
      <header class="panel-head">
        <h2 id="remote-title">{t('operator.remote')} <span class="count">{rows.length}</span></h2>
      </header>
      {rows.length === 0 ? (
        <p class="empty">{t('operator.no_remote')}</p>
      ) : (
        <div class="scroll-x" tabIndex={0} role="group" aria-labelledby="remote-title">
          <table class="data">
            <thead>
              <tr>
                <th scope="col">{t('operator.person')}</th>
                <th scope="col">{t('figure.transport')}</th>
                <th scope="col">{t('figure.loss_out')}</th>
                <th scope="col">{t('figure.loss_in')}</th>
                <th scope="col">{t('figure.round_trip')}</th>
                <th scope="col">{t('figure.jitter')}</th>
                <th scope="col">{t('figure.concealed')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(([id, s]) => (
                <tr key={id} class={s.connected ? '' : 'lost'}>
                  <th scope="row">{personOf(id)?.name ?? id}</th>
                  <td>{s.connected ? (s.transport ?? '–').toUpperCase() : t('operator.disconnected')}</td>
                  <td>{share(s.webrtc?.lost_in)}</td>
                  <td>{share(s.webrtc?.lost_out)}</td>
                  <td>{ms(s.webrtc?.round_trip_ms)}</td>
                  <td>{ms(s.webrtc?.jitter_in_ms ?? s.in?.jitter_ms)}</td>
                  <td>{ms(s.in?.concealed_ms)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
};

/** What an operator looks at first; a metric that the server does not have is left out. */
const FIRST = ['kyhop_ticks_late_total', 'kyhop_ticks_lost_total', 'kyhop_slots_used', 'kyhop_sound_joined',
  'kyhop_commit_max_seconds', 'kyhop_commit_failures_total', 'kyhop_api_readers', 'kyhop_api_dropped_readers_total'];

const metricName = (metric: Metric): string =>
  known(`metric.${metric.name.replace(/^kyhop_/, '')}`)
    ? word('metric', metric.name.replace(/^kyhop_/, ''))
    : metric.name.replace(/^kyhop_/, '').replace(/_/g, ' ');

const Metrics = ({ metrics }: { metrics: Metric[] }) => (
  <dl class="metrics">
    {metrics.map((m) => (
      <div key={`${m.name}${m.labels}`}>
        <dt>{metricName(m)}{m.labels && <small> {m.labels.replace(/council="[^"]*",?/, '')}</small>}</dt>
        <dd>{Number.isInteger(m.value) ? m.value : m.value.toPrecision(3)}</dd>
      </div>
    ))}
  </dl>
);

const HealthPanel = () => {
  const { ok, words, metrics } = health.value;
  const first = FIRST.flatMap((name) => metrics.filter((m) => m.name === name));
  const rest = metrics.filter((m) => !FIRST.includes(m.name));
  return (
    <section class="panel" aria-labelledby="health-title">
      <header class="panel-head">
        <h2 id="health-title">{t('health.title')}</h2>
        {ok !== null && (
          <span class={ok ? 'tag live' : 'tag rec'}>
            <Icon name={ok ? 'check' : 'warn'} />
            {t(ok ? 'health.ok' : 'health.bad')}
          </span>
        )}
      </header>
      {ok === false && words && <p class="warn-words">{words}</p>}
      <Metrics metrics={first} />
      {rest.length > 0 && (
        <details>
          <summary>{t('health.all', { n: rest.length })}</summary>
          <Metrics metrics={rest} />
        </details>
      )}
      {metrics.length === 0 && <p class="empty">{t('health.no_metrics')}</p>}
    </section>
  );
};

// A person who joins is asked about at once.
onEvent((event) => {
  if (event.type === 'attendance.checked_in' && event.remote) void readStats();
});
