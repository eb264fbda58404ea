// Who votes for whom: given and taken back by the delegates themselves, and here for anybody.

import { useState } from 'preact/hooks';
import type { Person, Snapshot } from '../../api/types';
import { ask, nameOf } from '../../state/store';
import { byGivenName } from '../../text/format';
import { t } from '../../text/i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { PersonLine } from '../../ui/person';
import { PickPerson } from '../../ui/pick';

const mayVote = (p: Person): boolean => p.in_office && p.can_vote && p.roles.includes('delegate');

/** Those who hold proxies, with whose. */
const holders = (persons: Person[]): { holder: string; givers: Person[] }[] => {
  const all = new Map<string, Person[]>();
  for (const p of persons) if (p.proxy) all.set(p.proxy, [...(all.get(p.proxy) ?? []), p]);
  return [...all].map(([holder, givers]) => ({ holder, givers: givers.sort(byGivenName) }))
    .sort((a, b) => byGivenName({ name: nameOf(a.holder) }, { name: nameOf(b.holder) }));
};

export const Proxies = ({ state }: { state: Snapshot }) => {
  const [giving, setGiving] = useState(false);
  const rows = holders(state.persons);
  const open = state.phase !== 'closed';
  return (
    <section class="panel proxies" aria-labelledby="proxies-title">
      <header class="panel-head">
        <h2 id="proxies-title">{t('proxy.title')}</h2>
        <Button size="small" icon="plus" disabled={!open} onClick={() => setGiving(true)}>{t('proxy.add')}</Button>
      </header>
      <p class="dim">{t(open ? 'proxy.words' : 'attendance.closed')}</p>
      {rows.length === 0 && <p class="empty">{t('proxy.none')}</p>}
      <ul class="proxy-list">
        {rows.map(({ holder, givers }) => (
          <li key={holder}>
            <p class="proxy-holder">
              <PersonLine person={state.persons.find((p) => p.id === holder)} id={holder} />
              <span class="tag"><Icon name="vote" />{t('proxy.votes_for', { n: givers.length })}</span>
            </p>
            <ul>
              {givers.map((p) => (
                <li key={p.id}>
                  <PersonLine person={p} id={p.id} />
                  <Button size="small" tone="quiet" icon="cross" disabled={!open} label={t('proxy.end_name', { name: p.name })}
                    onClick={() => void ask('proxy.end', { person: p.id }, {
                      text: t('proxy.done_ended', { name: p.name }),
                      label: t('action.undo'),
                      run: () => void ask('proxy.give', { person: p.id, target: holder }),
                    })}>
                    {t('proxy.end')}
                  </Button>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {giving && <GiveDialog state={state} onClose={() => setGiving(false)} />}
    </section>
  );
};

const GiveDialog = ({ state, onClose }: { state: Snapshot; onClose: () => void }) => {
  const [giver, setGiver] = useState<string | null>(null);
  const [holder, setHolder] = useState<string | null>(null);
  const voters = state.persons.filter(mayVote);
  const ready = giver !== null && holder !== null && giver !== holder;
  const give = async () => {
    if (ready && (await ask('proxy.give', { person: giver, target: holder }))) onClose();
  };
  return (
    <Dialog wide title={t('proxy.add')} onClose={onClose} actions={
      <>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button tone="primary" disabled={!ready} onClick={() => void give()}>{t('proxy.give')}</Button>
      </>
    }>
      <form class="form two" onSubmit={(e) => { e.preventDefault(); void give(); }}>
        <PickPerson persons={voters.filter((p) => !p.proxy && p.id !== holder)} chosen={giver} label={t('proxy.giver')} onPick={setGiver} />
        <PickPerson persons={voters.filter((p) => p.id !== giver)} chosen={holder} label={t('proxy.holder')} onPick={setHolder} />
      </form>
    </Dialog>
  );
};
