// The record as sentences, the newest first, from as early as the server keeps it.

import { useEffect, useMemo, useState } from 'preact/hooks';
import type { KhEvent } from '../api/types';
import { hasOlder, history, loadingOlder, loadOlder, wantHistory } from '../state/past';
import { clockSeconds, dayOf, shortDate } from '../text/format';
import { lang, t } from '../text/i18n';
import { Button } from './button';
import { sentence } from './story';

const SHOWN = 100;

interface Row {
  event: KhEvent;
  words: string;
  /** Set on the first row of a day, from the newest on. */
  day: string | null;
}

const rowsOf = (events: KhEvent[], only?: (event: KhEvent) => boolean): Row[] => {
  const told = events
    .filter((event) => !only || only(event))
    .map((event) => ({ event, words: sentence(event) ?? '' }))
    .filter((row) => row.words !== '')
    .reverse();
  return told.map((row, i) => {
    const before = told[i - 1];
    const isNewDay = before !== undefined && dayOf(before.event.time) !== dayOf(row.event.time);
    return { ...row, day: isNewDay ? shortDate(row.event.time) : null };
  });
};

export const EventLog = ({ only, title, empty }: {
  only?: (event: KhEvent) => boolean;
  title: string;
  empty?: string;
}) => {
  const [shown, setShown] = useState(SHOWN);
  useEffect(wantHistory, []);
  const events = history.value;
  const language = lang.value;
  const rows = useMemo(() => rowsOf(events, only), [events, language]);
  const more = rows.length > shown || hasOlder.value;
  const showMore = () => {
    setShown(shown + SHOWN);
    if (rows.length < shown + SHOWN && hasOlder.value) void loadOlder();
  };
  return (
    <div class="log" role="log" aria-label={title} aria-busy={loadingOlder.value ? 'true' : undefined} tabIndex={0}>
      {rows.length === 0 && <p class="empty">{loadingOlder.value ? t('loading') : empty ?? t('log.empty')}</p>}
      <ol>
        {rows.slice(0, shown).map(({ event, words, day }) => (
          <li key={event.seq}>
            {day && <p class="log-day">{day}</p>}
            <time dateTime={event.time}>{clockSeconds(event.time)}</time>
            <span>{words}</span>
          </li>
        ))}
      </ol>
      {more && (
        <Button size="small" tone="quiet" icon="down" busy={loadingOlder.value} onClick={showMore}>{t('log.older')}</Button>
      )}
    </div>
  );
};
