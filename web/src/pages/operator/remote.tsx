// The connection of each person whose sound is joined.

import type { MediaStats } from '../../media/hall';
import { personOf } from '../../state/store';
import { byGivenName } from '../../text/format';
import { t, type Key } from '../../text/i18n';
import { stats } from './stats';

const share = (value: number | undefined): string => (value === undefined ? '–' : `${(value * 100).toFixed(1)}%`);
const ms = (value: number | undefined): string => (value === undefined ? '–' : `${Math.round(value)} ms`);

/** From here on people notice it. */
const LOSS_WARN = 0.03;
const ROUND_TRIP_WARN_MS = 300;
const JITTER_WARN_MS = 60;

interface Column {
  key: Key;
  show: (s: MediaStats) => string;
  bad?: (s: MediaStats) => boolean;
}

const COLUMNS: Column[] = [
  { key: 'figure.transport', show: (s) => (s.connected ? (s.transport ?? '–').toUpperCase() : t('operator.disconnected')), bad: (s) => !s.connected },
  { key: 'figure.loss_out', show: (s) => share(s.webrtc?.lost_in), bad: (s) => (s.webrtc?.lost_in ?? 0) >= LOSS_WARN },
  { key: 'figure.loss_in', show: (s) => share(s.webrtc?.lost_out), bad: (s) => (s.webrtc?.lost_out ?? 0) >= LOSS_WARN },
  { key: 'figure.round_trip', show: (s) => ms(s.webrtc?.round_trip_ms), bad: (s) => (s.webrtc?.round_trip_ms ?? 0) >= ROUND_TRIP_WARN_MS },
  { key: 'figure.jitter', show: (s) => ms(s.webrtc?.jitter_in_ms ?? s.in?.jitter_ms), bad: (s) => (s.webrtc?.jitter_in_ms ?? s.in?.jitter_ms ?? 0) >= JITTER_WARN_MS },
  { key: 'figure.depth', show: (s) => ms(s.in?.depth_ms) },
  { key: 'figure.concealed', show: (s) => ms(s.in?.concealed_ms) },
];

export const Remote = () => {
  const name = (id: string): string => personOf(id)?.name ?? id;
  const rows = [...stats.value.entries()].sort(([a], [b]) => byGivenName({ name: name(a) }, { name: name(b) }));
  const lost = rows.filter(([, s]) => !s.connected).length;
  return (
    <section class="panel" aria-labelledby="remote-title">
      <header class="panel-head">
        <h2 id="remote-title">{t('operator.remote')} <span class="count">{rows.length}</span></h2>
        {lost > 0 && <span class="tag rec">{t('operator.lost', { n: lost })}</span>}
      </header>
      {rows.length === 0 ? (
        <p class="empty">{t('operator.no_remote')}</p>
      ) : (
        <div class="scroll-x" tabIndex={0} role="group" aria-labelledby="remote-title">
          <table class="data">
            <thead>
              <tr>
                <th scope="col">{t('operator.person')}</th>
                {COLUMNS.map((c) => <th key={c.key} scope="col" class="number">{t(c.key)}</th>)}
              </tr>
            </thead>
            <tbody>
              {rows.map(([id, s]) => (
                <tr key={id} class={s.connected ? '' : 'lost'}>
                  <th scope="row">{name(id)}</th>
                  {COLUMNS.map((c) => <td key={c.key} class={c.bad?.(s) ? 'number bad-figure' : 'number'}>{c.show(s)}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
};
