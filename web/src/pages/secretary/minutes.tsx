// The minutes as the server writes them, where this server serves them.

import { useEffect, useState } from 'preact/hooks';
import type { Snapshot } from '../../api/types';
import { t } from '../../text/i18n';
import { Icon } from '../../ui/icon';

const FORMATS = ['html', 'csv', 'json', 'akn'] as const;

export const MinutesLinks = ({ state }: { state: Snapshot }) => {
  const [served, setServed] = useState(false);
  const path = state.session ? `/minutes/${encodeURIComponent(state.council.id)}/${state.session.number}` : null;

  useEffect(() => {
    setServed(false);
    if (!path) return;
    let gone = false;
    fetch(`${path}.html`, { method: 'HEAD' }).then(
      (answer) => !gone && setServed(answer.ok),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [path]);

  if (!served || !path) return null;
  return (
    <span class="panel-tools">
      {FORMATS.map((format) => (
        <a key={format} class="button small" href={`${path}.${format}`} target="_blank" rel="noopener">
          <Icon name="doc" /> {t('record.minutes')} {format.toUpperCase()}
        </a>
      ))}
    </span>
  );
};
