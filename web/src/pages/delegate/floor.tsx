// Who speaks now and who is next: with the own place marked.

import { signal } from '@preact/signals';
import type { Snapshot, Waiting } from '../../api/types';
import { ask, kindName, me, personOf, you } from '../../state/store';
import { t } from '../../text/i18n';
import { Button } from '../../ui/button';
import { MicBadge, PersonLine } from '../../ui/person';
import { Ring } from '../../ui/ring';

const SHOWN = 4;

export const Floor = ({ state }: { state: Snapshot }) => {
  const { speeches, queue } = state.floor;
  const mine = you.value?.id;
  const others = speeches.filter((s) => s.person !== mine);
  const proposals = queue.filter((w) => w.state === 'pending');
  const place = queue.findIndex((w) => w.person === mine);
  const called = queue.filter((w) => w.state !== 'pending');
  const first = called.slice(0, SHOWN);
  const rest = called.length - first.length;
  if (speeches.length === 0 && queue.length === 0 && state.phase !== 'sitting') return null;
  return (
    <>
      <section class="panel now" aria-labelledby="now-title">
        <h2 id="now-title" class="panel-title">{t('chair.speaking')}</h2>
        {others.length === 0 && (
          <p class="empty">{t(speeches.length > 0 ? 'delegate.only_you' : 'delegate.nobody')}</p>
        )}
        <ul class="now-list">
          {others.map((s) => (
            <li key={s.request}>
              <Ring speech={s} phase={state.phase} size="small" />
              <div>
                <PersonLine person={personOf(s.person)} id={s.person} />
                <span class="queue-what">
                  <span class="tag">{kindName(s.kind)}</span>
                  <MicBadge mic={s.mic} byChair={s.muted_by_chair} />
                </span>
              </div>
            </li>
          ))}
        </ul>
      </section>
      {proposals.length > 0 && <Proposals rows={proposals} mine={mine} />}
      {called.length > 0 && (
        <section class="panel upcoming" aria-labelledby="next-title">
          <h2 id="next-title" class="panel-title">{t('delegate.next', { n: called.length })}</h2>
          <ol class="next-list">
            {first.map((w, i) => (
              <li key={w.request} class={w.person === mine ? 'mine' : ''}>
                <span class="place">{i + 1}</span>
                <PersonLine person={personOf(w.person)} id={w.person} />
                <span class="tag">{kindName(w.kind)}</span>
              </li>
            ))}
          </ol>
          {rest > 0 && (
            <p class="dim">
              {t('delegate.more', { n: rest })}
              {place >= SHOWN && ` · ${t('delegate.your_place', { n: place + 1 })}`}
            </p>
          )}
        </section>
      )}
    </>
  );
};

/** Supported from this page; the server knows the rest and says so. */
const supported = signal<ReadonlySet<number>>(new Set());

const support = async (request: number): Promise<void> => {
  if (await ask('floor.support', { request })) supported.value = new Set([...supported.value, request]);
};

/** Requests that need supporters before they count. */
const Proposals = ({ rows, mine }: { rows: Waiting[]; mine: string | undefined }) => (
  <section class="panel proposals" aria-labelledby="proposals-title">
    <h2 id="proposals-title" class="panel-title">{t('delegate.proposals')}</h2>
    <ul class="next-list">
      {rows.map((w) => (
        <li key={w.request}>
          <span class="person-line">
            <span class="person-name">{kindName(w.kind)}</span>
            <span class="person-about">
              {personOf(w.person)?.name} · {t('chair.supporters', { n: w.supporters })}
            </span>
            {w.note && <span class="queue-note">“{w.note}”</span>}
          </span>
          {w.person !== mine && me.value?.roles.includes('delegate') && (
            <Button icon={supported.value.has(w.request) ? 'check' : 'hand'} disabled={supported.value.has(w.request)}
              onClick={() => void support(w.request)}>
              {t(supported.value.has(w.request) ? 'delegate.supported' : 'action.support')}
            </Button>
          )}
        </li>
      ))}
    </ul>
  </section>
);
