// The operator's page: what every microphone gives, how every remote person is connected, the
// server's health.

import '../../style/staff.css';
import type { Snapshot } from '../../api/types';
import { state } from '../../state/store';
import { t } from '../../text/i18n';
import { readHealth } from '../../ui/health';
import { EventLog } from '../../ui/log';
import { usePoll } from '../../ui/poll';
import { HealthPanel } from './health';
import { Inputs } from './inputs';
import { Remote } from './remote';
import { readStats } from './stats';
import { Troubles } from './troubles';

const STATS_MS = 2_000;
const HEALTH_MS = 5_000;

const OperatorPage = () => {
  const current = state.value as Snapshot;
  usePoll(readStats, STATS_MS);
  usePoll(readHealth, HEALTH_MS);
  return (
    <main id="main" class="page staff operator" tabIndex={-1}>
      <h1 class="visually-hidden">{t('page.operator')}</h1>
      <Troubles />
      <div class="staff-main">
        <Inputs state={current} />
        <Remote />
        <section class="panel" aria-labelledby="log-title">
          <header class="panel-head"><h2 id="log-title">{t('log.title')}</h2></header>
          <EventLog title={t('log.title')} />
        </section>
      </div>
      <div class="staff-side">
        <HealthPanel state={current} />
      </div>
    </main>
  );
};

export default OperatorPage;
