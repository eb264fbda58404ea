import type { KhEvent } from '../api/types';
import { recent } from '../state/store';
import { clockSeconds } from '../text/format';
import { t } from '../text/i18n';
import { sentence } from './story';

/** The newest events first, as sentences. */
export const EventLog = ({ only, title, empty }: {
  only?: (event: KhEvent) => boolean;
  title: string;
  empty?: string;
}) => {
  const rows = recent.value
    .filter((event) => !only || only(event))
    .map((event) => ({ event, words: sentence(event) }))
    .filter((row) => row.words !== null)
    .reverse();
  return (
    <div class="log" role="log" aria-label={title} tabIndex={0}>
      {rows.length === 0 && <p class="empty">{empty ?? t('log.empty')}</p>}
      <ol>
        {rows.map(({ event, words }) => (
          <li key={event.seq}>
            <time dateTime={event.time}>{clockSeconds(event.time)}</time>
            <span>{words}</span>
          </li>
        ))}
      </ol>
    </div>
  );
};
