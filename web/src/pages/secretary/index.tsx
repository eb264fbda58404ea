// The secretary's page: who is there, votes counted by hand, the record and the minutes as they grow.

import '../../style/staff.css';
import { useState } from 'preact/hooks';
import type { Snapshot, Vote } from '../../api/types';
import { isBoxVote, sealedVote } from '../../state/secret';
import { openVote, lastVote, state } from '../../state/store';
import { t } from '../../text/i18n';
import { AskStrip } from '../../ui/asks';
import { EventLog } from '../../ui/log';
import { SealedBox } from '../../ui/secret-vote';
import { TallyForm, TallyTrail } from '../../ui/tally';
import { VoteResult, VoteRunning } from '../../ui/vote';
import { Attendance } from './attendance';
import { Minutes } from './minutes';
import { Proxies } from './proxies';

const VIEWS = ['attendance', 'proxies', 'minutes'] as const;
type View = (typeof VIEWS)[number];

const SecretaryPage = () => {
  const [view, setView] = useState<View>('attendance');
  const current = state.value as Snapshot;
  return (
    <main id="main" class="page staff secretary" tabIndex={-1}>
      <h1 class="visually-hidden">{t('page.secretary')}</h1>
      <AskStrip />
      <div class="staff-main">
        <fieldset class="kinds views">
          <legend class="visually-hidden">{t('secretary.view')}</legend>
          {VIEWS.map((v) => (
            <label key={v} class={v === view ? 'kind chosen' : 'kind'}>
              <input type="radio" name="view" checked={v === view} onChange={() => setView(v)} />
              <span>{t(`view.${v}`)}</span>
            </label>
          ))}
        </fieldset>
        {view === 'attendance' && <Attendance state={current} />}
        {view === 'proxies' && <Proxies state={current} />}
        {view === 'minutes' && <Minutes state={current} />}
      </div>
      <div class="staff-side">
        <Votes state={current} open={openVote.value} last={sealedVote.value ?? lastVote.value} />
        <section class="panel record" aria-labelledby="record-title">
          <header class="panel-head"><h2 id="record-title">{t('record.title')}</h2></header>
          <EventLog title={t('record.title')} empty={t('record.empty')} />
        </section>
      </div>
    </main>
  );
};

export default SecretaryPage;

const Votes = ({ state: current, open, last }: { state: Snapshot; open: Vote | undefined; last: Vote | undefined }) => (
  <section class={open ? 'panel vote running' : 'panel vote'} aria-labelledby="vote-title">
    <header class="panel-head">
      <h2 id="vote-title">{t('vote.title')}</h2>
      {(open || last) && <span class="tag">{t(open ? 'vote.running' : 'vote.last')}</span>}
    </header>
    {open && (
      <>
        <p class="vote-question">{open.question}</p>
        <VoteRunning state={current} vote={open} />
        {!isBoxVote(open) && (
          <>
            <h3>{t('tally.title')}</h3>
            <TallyForm key={open.vote} vote={open} />
            <TallyTrail vote={open} />
          </>
        )}
      </>
    )}
    {!open && last && (
      <>
        <p class="vote-question">{last.question}</p>
        {last.state === 'sealed' ? <SealedBox vote={last} names /> : <VoteResult state={current} vote={last} />}
        <TallyTrail vote={last} />
      </>
    )}
    {!open && !last && <p class="empty">{t('vote.none')}</p>}
  </section>
);
