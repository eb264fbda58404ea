// Why the procedure decided as it did: its last decisions, found by what they were about.

import { computed, signal } from '@preact/signals';
import { link } from '../../state/store';
import { clockSeconds, fold } from '../../text/format';
import { t } from '../../text/i18n';
import { Button } from '../../ui/button';

export interface Decision {
  hook: string;
  input: string;
  verdict: string;
  at_ms: number;
  us: number;
  failed?: boolean;
}

const TRACE_MAX = 200;
const SLOW_US = 10_000; // the sandbox stops a hook after 50 ms
const trace = signal<Decision[]>([]);
const read = signal(false);
const paused = signal(false);
const query = signal('');
const hook = signal('');
const onlyFailed = signal(false);

export const readTrace = async (): Promise<void> => {
  if (paused.value || link.status.value !== 'open') return;
  try {
    trace.value = (await link.call<{ trace: Decision[] }>('procedure.trace', { max: TRACE_MAX })).trace ?? [];
    read.value = true;
  } catch {
    // Shown again with the next reading.
  }
};

const hooks = computed(() => [...new Set(trace.value.map((d) => d.hook))].sort());

const found = computed(() => {
  const wanted = fold(query.value.trim());
  return trace.value.filter((d) =>
    (!onlyFailed.value || d.failed) && (hook.value === '' || d.hook === hook.value) &&
    (wanted === '' || fold(`${d.hook} ${d.input} ${d.verdict}`).includes(wanted)));
});

const slowest = computed(() => Math.max(0, ...trace.value.map((d) => d.us)));

export const TracePanel = () => (
  <section class="panel trace" aria-labelledby="trace-title">
    <header class="panel-head">
      <h2 id="trace-title">{t('it.trace')} <span class="count">{found.value.length}</span></h2>
      <Button size="small" icon={paused.value ? 'play' : 'pause'} pressed={paused.value} onClick={() => (paused.value = !paused.value)}>
        {t('it.pause')}
      </Button>
    </header>
    <div class="trace-tools">
      <label class="visually-hidden" for="trace-search">{t('it.search')}</label>
      <input id="trace-search" class="input" type="search" autocomplete="off" spellcheck={false} placeholder={t('it.search')}
        value={query.value} onInput={(e) => (query.value = e.currentTarget.value)} />
      <label class="visually-hidden" for="trace-hook">{t('it.hook')}</label>
      <select id="trace-hook" class="input" value={hook.value} onChange={(e) => (hook.value = e.currentTarget.value)}>
        <option value="">{t('it.every_hook')}</option>
        {hooks.value.map((h) => <option key={h} value={h}>{h}</option>)}
      </select>
      <label class="choice-row">
        <input type="checkbox" checked={onlyFailed.value} onChange={(e) => (onlyFailed.value = e.currentTarget.checked)} />
        <span>{t('it.only_failed')}</span>
      </label>
    </div>
    {found.value.length === 0 ? (
      <p class="empty">{t(!read.value ? 'loading' : trace.value.length === 0 ? 'it.no_trace' : 'it.none_found')}</p>
    ) : (
      <>
        <p class="dim">{t('it.slowest', { ms: (slowest.value / 1000).toFixed(1) })}</p>
        <TraceTable />
      </>
    )}
  </section>
);

const TraceTable = () => (
  <div class="scroll-x trace-table" tabIndex={0} role="group" aria-labelledby="trace-title">
    <table class="data">
      <thead>
        <tr>
          <th scope="col">{t('it.time')}</th>
          <th scope="col">{t('it.hook')}</th>
          <th scope="col">{t('it.input')}</th>
          <th scope="col">{t('it.verdict')}</th>
          <th scope="col" class="number">µs</th>
        </tr>
      </thead>
      <tbody>
        {found.value.map((d, i) => (
          <tr key={`${d.at_ms}-${found.value.length - i}`} class={d.failed ? 'lost' : ''}>
            <td>{clockSeconds(d.at_ms)}</td>
            <td><code>{d.hook}</code></td>
            <td><code>{d.input}</code></td>
            <td><code>{d.verdict}</code></td>
            <td class={d.us >= SLOW_US ? 'number bad-figure' : 'number'}>{d.us.toLocaleString('vi-VN')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
