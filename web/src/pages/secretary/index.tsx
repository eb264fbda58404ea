// The secretary's page: who is there, votes counted by hand, the record as it grows.

import '../../style/staff.css';
import type { Snapshot } from '../../api/types';
import { openVote, lastVote, state } from '../../state/store';
import { t } from '../../text/i18n';
import { AskStrip } from '../../ui/asks';
import { EventLog } from '../../ui/log';
import { TallyForm } from '../../ui/tally';
import { VoteResult, VoteRunning } from '../../ui/vote';
import { Attendance } from './attendance';
import { MinutesLinks } from './minutes';

const SecretaryPage = () => {
  const current = state.value as Snapshot;
  const open = openVote.value;
  const last = lastVote.value;
  return (
    <main id="main" class="page staff" tabIndex={-1}>
      <h1 class="visually-hidden">{t('page.secretary')}</h1>
      <AskStrip />
      <Attendance state={current} />
      <div class="staff-side">
        <section class={open ? 'panel vote running' : 'panel vote'} aria-labelledby="vote-title">
          <header class="panel-head">
            <h2 id="vote-title">{t('vote.title')}</h2>
            <span class="tag">{t(open ? 'vote.running' : 'vote.last')}</span>
          </header>
          {open && (
            <>
              <p class="vote-question">{open.question}</p>
              <VoteRunning state={current} vote={open} />
              <h3>{t('tally.title')}</h3>
              <TallyForm key={open.vote} vote={open} />
              <EventLog title={t('tally.trail')} empty={t('tally.no_trail')}
                only={(e) => e.type === 'vote.tallied' && e.vote === open.vote} />
            </>
          )}
          {!open && last && (
            <>
              <p class="vote-question">{last.question}</p>
              <VoteResult state={current} vote={last} />
            </>
          )}
          {!open && !last && <p class="empty">{t('vote.none')}</p>}
        </section>
        <section class="panel record" aria-labelledby="record-title">
          <header class="panel-head">
            <h2 id="record-title">{t('record.title')}</h2>
            <MinutesLinks state={current} />
          </header>
          <EventLog title={t('record.title')} empty={t('record.empty')} />
        </section>
      </div>
    </main>
  );
};

export default SecretaryPage;
