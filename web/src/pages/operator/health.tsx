// The server's health in four parts, each with one word on whether to worry: sound, journal, procedure,
// connections.

import { computed, effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Snapshot } from '../../api/types';
import { thisSitting } from '../../state/events';
import { history, wantHistory } from '../../state/past';
import { known, t, word, type Key } from '../../text/i18n';
import { health, type Metric } from '../../ui/health';
import { Icon } from '../../ui/icon';

interface Part {
  title: Key;
  metrics: string[];
  /** A rise of one of these within the last minute needs a look. */
  worrying: string[];
}

const PARTS: Part[] = [
  { title: 'health.sound', metrics: ['ticks_late_total', 'ticks_lost_total', 'slots_used', 'sound_joined', 'rtp_rejected_total'],
    worrying: ['ticks_late_total', 'ticks_lost_total'] },
  { title: 'health.journal', metrics: ['commits_total', 'commit_max_seconds', 'commit_failures_total'],
    worrying: ['commit_failures_total'] },
  { title: 'health.links', metrics: ['api_readers', 'api_sockets', 'api_dropped_readers_total', 'api_refused_connections_total'],
    worrying: ['api_dropped_readers_total', 'api_refused_connections_total'] },
];

const WINDOW_MS = 60_000;

interface Sample {
  at: number;
  values: Map<string, number>;
}

const samples = signal<Sample[]>([]);

const shortName = (metric: Metric): string => metric.name.replace(/^kyhop_/, '');
const keyOf = (metric: Metric): string => `${metric.name}{${metric.labels}}`;

effect(() => {
  const { metrics } = health.value;
  if (metrics.length === 0) return;
  const at = Date.now();
  const kept = samples.peek().filter((s) => s.at > at - WINDOW_MS);
  samples.value = [...kept, { at, values: new Map(metrics.map((m) => [keyOf(m), m.value])) }];
});

/** By how much a counter has risen in the last minute. */
const riseOf = (metric: Metric): number => {
  const first = samples.value[0]?.values.get(keyOf(metric));
  return first === undefined ? 0 : Math.max(0, metric.value - first);
};

const metricName = (metric: Metric): string => {
  const name = shortName(metric);
  return known(`metric.${name}`) ? word('metric', name) : name.replace(/_/g, ' ');
};

const valueOf = (metric: Metric): string => {
  if (metric.name.endsWith('_seconds')) return `${(metric.value * 1000).toFixed(1)} ms`;
  return Number.isInteger(metric.value) ? metric.value.toLocaleString('vi-VN') : metric.value.toPrecision(3);
};

const Metrics = ({ metrics, worrying = [] }: { metrics: Metric[]; worrying?: string[] }) => (
  <dl class="metrics">
    {metrics.map((m) => {
      const rise = m.name.endsWith('_total') ? riseOf(m) : 0;
      return (
        <div key={keyOf(m)}>
          <dt>{metricName(m)}{m.labels && <small> {m.labels.replace(/council="[^"]*",?/, '')}</small>}</dt>
          <dd>{valueOf(m)}{rise > 0 && <small class={worrying.includes(shortName(m)) ? 'rise bad-figure' : 'rise'}> +{rise} {t('health.per_minute')}</small>}</dd>
        </div>
      );
    })}
  </dl>
);

const Verdict = ({ well }: { well: boolean }) => (
  <span class={well ? 'tag live' : 'tag warn'}>
    <Icon name={well ? 'check' : 'warn'} />
    {t(well ? 'health.ok' : 'health.look')}
  </span>
);

const PartOf = ({ part, metrics }: { part: Part; metrics: Metric[] }) => {
  const own = part.metrics.flatMap((name) => metrics.filter((m) => shortName(m) === name));
  if (own.length === 0) return null;
  const well = !own.some((m) => part.worrying.includes(shortName(m)) && riseOf(m) > 0);
  return (
    <section class="health-part" aria-label={t(part.title)}>
      <header><h3>{t(part.title)}</h3><Verdict well={well} /></header>
      <Metrics metrics={own} worrying={part.worrying} />
    </section>
  );
};

const failures = computed(() => thisSitting(history.value).filter((e) => e.type === 'procedure.failed').length);

const ProcedurePart = ({ state }: { state: Snapshot }) => {
  const isNeutral = state.procedure.kinds === undefined;
  return (
    <section class="health-part" aria-label={t('health.procedure')}>
      <header><h3>{t('health.procedure')}</h3><Verdict well={!isNeutral && failures.value === 0} /></header>
      <dl class="metrics">
        <div><dt>{t('it.in_use')}</dt><dd>{isNeutral ? t('it.neutral') : state.procedure.name}</dd></div>
        <div><dt>{t('health.procedure_failures')}</dt><dd>{failures.value}</dd></div>
      </dl>
    </section>
  );
};

export const HealthPanel = ({ state }: { state: Snapshot }) => {
  useEffect(wantHistory, []);
  const { ok, words, metrics } = health.value;
  const shown = PARTS.flatMap((p) => p.metrics);
  const rest = metrics.filter((m) => !shown.includes(shortName(m)));
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
      {PARTS.map((part) => <PartOf key={part.title} part={part} metrics={metrics} />)}
      <ProcedurePart state={state} />
      {rest.length > 0 && (
        <details>
          <summary>{t('health.all', { n: rest.length })}</summary>
          <Metrics metrics={rest} />
        </details>
      )}
      {metrics.length === 0 && <p class="empty">{t(ok === null ? 'loading' : 'health.no_metrics')}</p>}
    </section>
  );
};
