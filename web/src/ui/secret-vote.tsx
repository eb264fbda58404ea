// A secret vote as everybody may see it: how many papers were handed out, how many ballots are in the
// box; once it is sealed, who has opened it. Never who, never what.

import '../style/box.css';
import type { Vote } from '../api/types';
import { committee, inBox } from '../state/secret';
import { nameOf } from '../state/store';
import { t } from '../text/i18n';
import { Icon } from './icon';
import { Until } from './ring';

export const BoxNumbers = ({ vote, large }: { vote: Vote; large?: boolean }) => {
  const inside = inBox(vote);
  const rows = [
    { n: vote.issued, of: vote.eligible, words: t('secret.issued') },
    { n: inside, of: vote.issued, words: t('secret.in_box') },
  ];
  return (
    <div class={large ? 'box-numbers large' : 'box-numbers'}>
      {rows.map(({ n, of, words }) => (
        <p key={words}>
          <span class={large ? 'display-number' : 'turnout-number'}>{n ?? '–'}<small>/{of ?? '–'}</small></span> {words}
        </p>
      ))}
      {!large && vote.state === 'open' && <Until at={vote.ends_at} />}
      {!large && <progress class="progress" max={Math.max(1, vote.issued ?? 0)} value={inside ?? 0} aria-label={t('secret.in_box')} />}
    </div>
  );
};

/** The box is closed: the committee's members open it together. */
export const SealedBox = ({ vote, names, large }: { vote: Vote; names?: boolean; large?: boolean }) => {
  const c = committee.value;
  const opened = vote.unsealed ?? [];
  return (
    <div class={large ? 'sealed-box large' : 'sealed-box'}>
      <p class="sealed-head"><Icon name="lock" /> {t(vote.hash ? 'secret.sealed' : 'secret.sealing')}</p>
      <BoxNumbers vote={vote} large={large} />
      {c && vote.hash && (
        <>
          <p role="status">{t('secret.waiting')} {t('secret.opened', { n: opened.length, needed: c.needed })}</p>
          <progress class="progress" max={c.needed} value={Math.min(c.needed, opened.length)} aria-label={t('secret.waiting')} />
          {names && (
            <ul class="member-list">
              {c.members.map((m) => (
                <li key={m.person} class={opened.includes(m.person) ? 'done' : undefined}>
                  <Icon name={opened.includes(m.person) ? 'check' : 'clock'} /> {nameOf(m.person)}
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </div>
  );
};
