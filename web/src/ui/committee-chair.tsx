// The chair's view of the counting committee: form it, see who has joined and confirmed.

import '../style/box.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Committee, Snapshot } from '../api/types';
import { committee, isReady, reached } from '../state/secret';
import { nameOf } from '../state/store';
import { t } from '../text/i18n';
import { Button } from './button';
import { Dialog } from './dialog';
import { PickPerson } from './pick';
import { Refusal, useRefusal } from './refusal';

const MEMBERS_MAX = 15;

export const CommitteeChair = ({ state }: { state: Snapshot }) => {
  const [forming, setForming] = useState(false);
  const c = committee.value;
  const making = c !== null && !c.void && !isReady(c);
  return (
    <section class="panel" aria-labelledby="committee-title">
      <header class="panel-head">
        <h2 id="committee-title">{t('committee.title')}</h2>
        {c && <span class="tag">{reached(c, 'confirmed')}/{c.members.length}</span>}
      </header>
      <p class={c?.void ? 'warn-words' : 'dim'} role="status">{stateWords(c)}</p>
      {c && (making || c.void
        ? <Members c={c} />
        : <details><summary>{t('committee.members', { n: c.members.length })}</summary><Members c={c} /></details>)}
      <div class="button-row">
        <Button icon="people" tone={c && !c.void ? 'quiet' : 'plain'} onClick={() => setForming(true)}>
          {t(c ? 'committee.form_again' : 'committee.form_ask')}
        </Button>
      </div>
      {forming && <FormDialog state={state} onClose={() => setForming(false)} />}
    </section>
  );
};

const stateWords = (c: Committee | null): string => {
  if (!c) return t('committee.none');
  if (c.void) return t('committee.void');
  return isReady(c) ? t('committee.ready', { needed: c.needed, n: c.members.length }) : t('committee.not_ready');
};

const Members = ({ c }: { c: Committee }) => (
  <ul class="member-list">
    {c.members.map((m) => (
      <li key={m.person} class={m.stage === 'confirmed' ? 'done' : undefined}>
        <span>{nameOf(m.person)}</span>
        <span class="tag">{t(`committee.stage.${m.stage}`)}</span>
      </li>
    ))}
  </ul>
);

const FormDialog = ({ state, onClose }: { state: Snapshot; onClose: () => void }) => {
  const [members, setMembers] = useState<string[]>(committee.value?.members.map((m) => m.person) ?? []);
  const [wanted, setWanted] = useState<number | null>(committee.value?.needed ?? null);
  const n = members.length;
  const needed = Math.max(1, Math.min(wanted ?? Math.floor(n / 2) + 1, n));
  const dialog = useRefusal(onClose);
  const picker = useRef<HTMLDivElement>(null);
  // An empty search, ready for the next name.
  useEffect(() => picker.current?.querySelector('input')?.focus(), [n]);
  const form = () => {
    if (n > 0) void dialog.send('committee.form', { members, needed });
  };
  return (
    <Dialog title={t('committee.form')} onClose={onClose} wide actions={
      <>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button tone="primary" icon="people" disabled={n === 0} busy={dialog.busy} onClick={form}>{t('committee.form')}</Button>
      </>
    }>
      <form class="form" onSubmit={(e) => { e.preventDefault(); form(); }}>
        <p>{t('committee.form_words')}</p>
        {n < MEMBERS_MAX && (
          <div ref={picker}><PickPerson key={n} persons={state.persons.filter((p) => p.roles.includes('delegate') && !members.includes(p.id))}
            chosen={null} label={t('committee.pick')} onPick={(id) => setMembers([...members, id])} /></div>
        )}
        {n > 0 && (
          <>
            <h3>{t('committee.members', { n })}</h3>
            <ul class="chips">
              {members.map((id) => (
                <li key={id}>
                  <Button size="small" icon="cross" label={t('action.remove_name', { name: nameOf(id) })}
                    onClick={() => setMembers(members.filter((m) => m !== id))}>
                    {nameOf(id)}
                  </Button>
                </li>
              ))}
            </ul>
            <label class="field">
              <span>{t('committee.needed')}</span>
              <select class="input" value={needed} onChange={(e) => setWanted(Number(e.currentTarget.value))}>
                {members.map((_, i) => <option key={i} value={i + 1}>{i + 1}</option>)}
              </select>
            </label>
            <p class="dim">{n === needed ? t('committee.away_none') : t('committee.away', { n: n - needed })}</p>
          </>
        )}
        <Refusal refused={dialog.refused} />
      </form>
    </Dialog>
  );
};
