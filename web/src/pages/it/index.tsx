// The council's IT: the procedure in use, why it decided as it did, and putting a new one in use.

import '../../style/staff.css';
import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { Procedure, Setting, Snapshot } from '../../api/types';
import { ask, link, showError, state, toast } from '../../state/store';
import { clockSeconds, spell } from '../../text/format';
import { t, tr, word } from '../../text/i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { EventLog } from '../../ui/log';
import { usePoll } from '../../ui/poll';

interface Decision {
  hook: string;
  input: string;
  verdict: string;
  at_ms: number;
  us: number;
  failed?: boolean;
}

const TRACE_MS = 2_000;
const TRACE_MAX = 100;
const trace = signal<Decision[]>([]);
const paused = signal(false);

const readTrace = async (): Promise<void> => {
  if (paused.value || link.status.value !== 'open') return;
  try {
    trace.value = (await link.call<{ trace: Decision[] }>('procedure.trace', { max: TRACE_MAX })).trace ?? [];
  } catch {
    // Shown again with the next reading.
  }
};

const ItPage = () => {
  const current = state.value as Snapshot;
  usePoll(readTrace, TRACE_MS);
  return (
    <main id="main" class="page staff it" tabIndex={-1}>
      <h1 class="visually-hidden">{t('page.it')}</h1>
      <div class="staff-main">
        <TracePanel />
      </div>
      <div class="staff-side">
        <InUse procedure={current.procedure} />
        <section class="panel" aria-labelledby="failed-title">
          <header class="panel-head"><h2 id="failed-title">{t('it.failed')}</h2></header>
          <EventLog title={t('it.failed')} empty={t('it.no_failed')}
            only={(e) => e.type === 'procedure.failed' || e.type === 'procedure.changed'} />
        </section>
        <Vocabulary procedure={current.procedure} />
      </div>
    </main>
  );
};

export default ItPage;

const reload = async (): Promise<void> => {
  const started = performance.now();
  try {
    const answer = await link.call<{ name: string }>('procedure.reload');
    toast({ tone: 'good', text: t('it.reloaded', { name: answer.name, ms: Math.round(performance.now() - started) }) });
  } catch (error) {
    showError(error);
  }
};

const InUse = ({ procedure }: { procedure: Procedure }) => {
  const [choosing, setChoosing] = useState(false);
  return (
    <section class="panel" aria-labelledby="use-title">
      <header class="panel-head">
        <h2 id="use-title">{t('it.in_use')}</h2>
        {procedure.kinds === undefined && <span class="tag warn"><Icon name="warn" />{t('it.neutral')}</span>}
      </header>
      <p class="in-use">{procedure.name}{procedure.version && <small> {t('it.version', { version: procedure.version })}</small>}</p>
      <div class="button-row">
        <Button icon="undo" tone="primary" onClick={() => void reload()}>{t('it.reload')}</Button>
        <Button onClick={() => setChoosing(true)}>{t('it.use_other')}</Button>
      </div>
      {choosing && <UseDialog now={procedure.name} onClose={() => setChoosing(false)} />}
    </section>
  );
};

const UseDialog = ({ now, onClose }: { now: string; onClose: () => void }) => {
  const [name, setName] = useState(now);
  const use = async () => {
    if (!name.trim()) return;
    onClose();
    await ask('procedure.use', { name: name.trim() });
  };
  return (
    <Dialog title={t('it.use_other')} onClose={onClose} actions={
      <>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button tone="primary" disabled={!name.trim()} onClick={() => void use()}>{t('it.use')}</Button>
      </>
    }>
      <form onSubmit={(e) => { e.preventDefault(); void use(); }}>
        <label class="field">
          <span>{t('it.folder')}</span>
          <input class="input" spellcheck={false} autocapitalize="off" value={name} onInput={(e) => setName(e.currentTarget.value)} />
        </label>
      </form>
      <p class="dim">{t('it.use_words')}</p>
    </Dialog>
  );
};

const TracePanel = () => {
  const [onlyFailed, setOnlyFailed] = useState(false);
  const rows = trace.value.filter((d) => !onlyFailed || d.failed);
  return (
    <section class="panel trace" aria-labelledby="trace-title">
      <header class="panel-head">
        <h2 id="trace-title">{t('it.trace')}</h2>
        <div class="panel-tools">
          <label class="choice-row">
            <input type="checkbox" checked={onlyFailed} onChange={(e) => setOnlyFailed(e.currentTarget.checked)} />
            <span>{t('it.only_failed')}</span>
          </label>
          <Button size="small" icon={paused.value ? 'play' : 'pause'} pressed={paused.value} onClick={() => (paused.value = !paused.value)}>
            {t('it.pause')}
          </Button>
        </div>
      </header>
      {rows.length === 0 ? (
        <p class="empty">{t('it.no_trace')}</p>
      ) : (
        <div class="scroll-x trace-table" tabIndex={0} role="group" aria-labelledby="trace-title">
          <table class="data">
            <thead>
              <tr>
                <th scope="col">{t('it.time')}</th>
                <th scope="col">{t('it.hook')}</th>
                <th scope="col">{t('it.input')}</th>
                <th scope="col">{t('it.verdict')}</th>
                <th scope="col">µs</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((d, i) => (
                <tr key={`${d.at_ms}-${rows.length - i}`} class={d.failed ? 'lost' : ''}>
                  <td>{clockSeconds(d.at_ms)}</td>
                  <td><code>{d.hook}</code></td>
                  <td><code>{d.input}</code></td>
                  <td><code>{d.verdict}</code></td>
                  <td class="number">{d.us}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
};

const valueOf = (setting: Setting): string =>
  `${String(setting.value)}${setting.unit ? ` ${word('unit', setting.unit)}` : ''}`;

const Vocabulary = ({ procedure }: { procedure: Procedure }) => (
  <section class="panel" aria-labelledby="words-title">
    <header class="panel-head"><h2 id="words-title">{t('it.vocabulary')}</h2></header>
    {(procedure.settings?.length ?? 0) > 0 && (
      <>
        <h3>{t('it.settings')}</h3>
        <dl class="metrics">
          {procedure.settings?.map((s) => (
            <div key={s.name}>
              <dt>{tr(s)} <small><code>{s.name}</code>{s.rule && ` · ${s.rule}`}</small></dt>
              <dd class={s.value === s.default ? '' : 'changed'}>{valueOf(s)}</dd>
            </div>
          ))}
        </dl>
      </>
    )}
    <h3>{t('it.kinds')}</h3>
    <ul class="listing">
      {procedure.kinds?.map((k) => (
        <li key={k.id}>
          {tr(k)} <code>{k.id}</code> <span class="dim">{k.lane}{k.limit_ms ? ` · ${spell(k.limit_ms)}` : ''}</span>
        </li>
      ))}
    </ul>
    <h3>{t('it.votes')}</h3>
    <ul class="listing">
      {procedure.votes?.map((v) => (
        <li key={v.id}>{tr(v)} <code>{v.id}</code> <span class="dim">{v.rule}</span></li>
      ))}
    </ul>
  </section>
);
