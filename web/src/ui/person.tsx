import { useState } from 'preact/hooks';
import type { Mic, Person } from '../api/types';
import { initials } from '../text/format';
import { t } from '../text/i18n';
import { Icon } from './icon';

/** Persons whose photo is not there: asked for once. */
const noPhoto = new Set<string>();

/** The photo that the council put into its documents as photos/ID.jpg, else the initials. */
export const Photo = ({ id, name }: { id: string; name: string }) => {
  const [missing, setMissing] = useState(false);
  if (missing || noPhoto.has(id))
    return <span class="avatar" aria-hidden="true">{initials(name)}</span>;
  return (
    <img
      class="avatar"
      alt=""
      src={`/documents/photos/${encodeURIComponent(id)}.jpg`}
      onError={() => {
        noPhoto.add(id);
        setMissing(true);
      }}
    />
  );
};

export const PersonLine = ({ person, id }: { person: Person | undefined; id: string }) => (
  <span class="person-line">
    <span class="person-name">{person?.name ?? id}</span>
    <span class="person-about">
      {[person?.title, person?.group].filter(Boolean).join(' · ')}
    </span>
  </span>
);

/** The true state of a microphone, by word, drawing and colour. */
export const MicBadge = ({ mic, byChair }: { mic: Mic; byChair?: boolean }) => {
  const words =
    mic === 'live' ? t('mic.live') : mic === 'muted' ? t(byChair ? 'mic.muted_by_chair' : 'mic.muted') : t('mic.off');
  return (
    <span class={`mic-badge ${mic}`}>
      <Icon name={mic === 'live' ? 'mic' : 'micOff'} />
      {words}
    </span>
  );
};
