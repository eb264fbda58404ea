import type { Mic, Person } from '../api/types';
import { initials } from '../text/format';
import { t } from '../text/i18n';
import { Icon } from './icon';

/** A face: the photo when the council put one beside the documents, else the initials. */
export const Avatar = ({ name, size = 'normal' }: { name: string; size?: 'small' | 'normal' | 'large' }) => (
  <span class={`avatar ${size}`} aria-hidden="true">
    {initials(name)}
  </span>
);

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
