// One's own vote in somebody else's hands, and those that one holds.

import { useEffect, useState } from 'preact/hooks';
import type { Person, Snapshot } from '../../api/types';
import { ask, nameOf } from '../../state/store';
import { t } from '../../text/i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { PickPerson } from '../../ui/pick';

export const ProxyPanel = ({ state, person }: { state: Snapshot; person: Person }) => {
  const [giving, setGiving] = useState(false);
  const held = state.persons.filter((p) => p.proxy === person.id);
  const matters = held.length > 0 || person.proxy !== undefined;
  const [open, setOpen] = useState(matters);
  useEffect(() => {
    if (matters) setOpen(true);
  }, [matters]);
  if (!person.can_vote || !person.roles.includes('delegate') || state.phase === 'closed') return null;
  return (
    <details class="panel proxy-panel" open={open} onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary><span class="panel-title">{t('proxy.title')}</span></summary>
      {person.proxy !== undefined ? (
        <p class="proxy-own">
          <span><Icon name="vote" /> {t('proxy.mine', { name: nameOf(person.proxy) })}</span>
          <Button size="small" icon="cross" onClick={() => void ask('proxy.end')}>{t('proxy.end')}</Button>
        </p>
      ) : (
        <p class="proxy-own">
          <span class="dim">{t('proxy.offer')}</span>
          <Button size="small" onClick={() => setGiving(true)}>{t('proxy.give')}…</Button>
        </p>
      )}
      {held.map((p) => <p key={p.id} class="proxy-held"><Icon name="people" /> {t('proxy.held', { name: p.name })}</p>)}
      {giving && <GiveOwn state={state} person={person} onClose={() => setGiving(false)} />}
    </details>
  );
};

const GiveOwn = ({ state, person, onClose }: { state: Snapshot; person: Person; onClose: () => void }) => {
  const [holder, setHolder] = useState<string | null>(null);
  const may = state.persons.filter((p) => p.id !== person.id && p.in_office && p.can_vote && p.roles.includes('delegate'));
  const give = async () => {
    if (holder !== null && (await ask('proxy.give', { target: holder }))) onClose();
  };
  return (
    <Dialog title={t('proxy.give')} onClose={onClose} actions={
      <>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button tone="primary" disabled={holder === null} onClick={() => void give()}>{t('proxy.give')}</Button>
      </>
    }>
      <p class="dim">{t('proxy.words')}</p>
      <PickPerson persons={may} chosen={holder} label={t('proxy.holder')} onPick={setHolder} />
    </Dialog>
  );
};
