// The delegate's page, made for a phone in one hand: what is going on above, the one thing to do below.

import '../../style/delegate.css';
import { useState } from 'preact/hooks';
import type { Snapshot } from '../../api/types';
import { sealedVote } from '../../state/secret';
import { currentItem, me, openVote, state } from '../../state/store';
import { t, tr } from '../../text/i18n';
import { LastBallot, SealedPanel } from '../../ui/booth';
import { Button } from '../../ui/button';
import { CommitteePanel } from '../../ui/committee';
import { Icon } from '../../ui/icon';
import { joined } from '../../media/hall';
import { Documents, OtherDocuments } from '../../ui/documents';
import { ActionBar } from './action';
import { Floor } from './floor';
import { micChecked, MicCheckDialog } from './mic-check';
import { OwnVote } from './own-vote';
import { ProxyPanel } from './proxy';
import { SoundBar } from './sound';

const DelegatePage = () => {
  const [checking, setChecking] = useState(false);
  const current = state.value as Snapshot;
  const item = currentItem.value;
  return (
    <main id="main" class="page delegate" tabIndex={-1}>
      <h1 class="visually-hidden">{t('page.delegate')}</h1>
      <SoundBar onCheck={() => setChecking(true)} />
      <div class="delegate-body">
        <div class="item-card">
          <p class="eyebrow">{t(item ? 'item.current' : `phase.${current.phase}`)}</p>
          <h2>{item ? tr(item.title) : t('delegate.no_item')}</h2>
          {item && <Documents item={item.id} />}
        </div>
        <CommitteePanel />
        {sealedVote.value && <SealedPanel vote={sealedVote.value} />}
        <Floor state={current} />
        {!openVote.value && <OwnVote state={current} />}
        {!openVote.value && <LastBallot />}
        <OtherDocuments agenda={current.agenda} current={current.item} />
        {me.value && <ProxyPanel state={current} person={me.value} />}
        {!joined.value && !micChecked.value && current.phase === 'break' && (
          <div class="check-offer">
            <Icon name="mic" />
            <p>{t('miccheck.offer')}</p>
            <Button size="small" onClick={() => setChecking(true)}>{t('miccheck.start')}</Button>
          </div>
        )}
      </div>
      {me.value && <ActionBar state={current} person={me.value} onCheck={() => setChecking(true)} />}
      {checking && <MicCheckDialog onClose={() => setChecking(false)} />}
    </main>
  );
};

export default DelegatePage;
