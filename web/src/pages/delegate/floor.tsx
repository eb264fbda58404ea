// Who speaks now and who is next: with the own place marked.

import type { Snapshot } from '../../api/types';
import { kindName, personOf, you } from '../../state/store';
import { t } from '../../text/i18n';
import { MicBadge, PersonLine } from '../../ui/person';
import { Ring } from '../../ui/ring';

const SHOWN = 4;

export const Floor = ({ state }: { state: Snapshot }) => {
  const { speeches, queue } = state.floor;
  const mine = you.value?.id;
  const others = speeches.filter((s) => s.person !== mine);
  const place = queue.findIndex((w) => w.person === mine);
  const first = queue.slice(0, SHOWN);
  const rest = queue.length - first.length;
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
      {queue.length > 0 && (
        <section class="panel upcoming" aria-labelledby="next-title">
          <h2 id="next-title" class="panel-title">{t('delegate.next', { n: queue.length })}</h2>
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
            <p class="muted">
              {t('delegate.more', { n: rest })}
              {place >= SHOWN && ` · ${t('delegate.your_place', { n: place + 1 })}`}
            </p>
          )}
        </section>
      )}
    </>
  );
};
