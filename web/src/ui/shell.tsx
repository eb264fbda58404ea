// The frame of every page: where we are, whether we are connected, language, theme, role.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Role } from '../api/types';
import { logout } from '../api/login';
import { link, minute, now, roles, state, toast, you } from '../state/store';
import { clockTime } from '../text/format';
import { lang, setLang, t, tr } from '../text/i18n';
import { Button } from './button';
import { Icon } from './icon';
import { PhaseTag } from '../pages/chair/sitting';
import { nextTheme, theme } from './theme';

export const LangSwitch = () => (
  <button type="button" class="button quiet small" lang={lang.value === 'vi' ? 'en' : 'vi'}
    onClick={() => setLang(lang.value === 'vi' ? 'en' : 'vi')}>
    <span class="button-words">{lang.value === 'vi' ? 'English' : 'Tiếng Việt'}</span>
  </button>
);

export const ThemeSwitch = () => (
  <Button size="small" tone="quiet" icon="theme" iconOnly label={t('theme.switch', { now: t(`theme.${theme.value}`) })} onClick={nextTheme} />
);

export const Header = ({ role, onRole }: { role: Role; onRole: (role: Role) => void }) => {
  const [menu, setMenu] = useState(false);
  const current = state.value;
  return (
    <header class="top">
      <a class="skip" href="#main">{t('skip')}</a>
      <div class="top-where">
        <span class="top-council">{tr(current?.council.name, 'Kỳ Họp')}</span>
        {current?.session && <span class="top-session">{current.session.name || t('session.number', { n: current.session.number })}</span>}
      </div>
      {current && <PhaseTag state={current} />}
      {current?.recording && <span class="tag rec"><Icon name="record" />{t('recording')}</span>}
      <span class="top-clock">{clockTime(minute.value)}</span>
      <button type="button" class="button quiet small menu-button" aria-expanded={menu ? 'true' : 'false'} onClick={() => setMenu(!menu)}>
        <span class="button-words">{you.value?.name}</span><Icon name={menu ? 'up' : 'down'} />
      </button>
      {menu && <Menu role={role} onRole={(r) => { setMenu(false); onRole(r); }} onClose={() => setMenu(false)} />}
    </header>
  );
};

const Menu = ({ role, onRole, onClose }: { role: Role; onRole: (role: Role) => void; onClose: () => void }) => {
  useEffect(() => {
    const key = (e: KeyboardEvent) => e.key === 'Escape' && onClose();
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);
  return (
    <div class="menu">
      {roles.value.length > 1 && (
        <fieldset class="menu-roles">
          <legend>{t('role.switch')}</legend>
          {roles.value.map((r) => (
            <label key={r} class={r === role ? 'kind chosen' : 'kind'}>
              <input type="radio" name="role" checked={r === role} onChange={() => onRole(r)} />
              <span>{t(`role.${r}`)}</span>
            </label>
          ))}
        </fieldset>
      )}
      <div class="button-row">
        <LangSwitch />
        <ThemeSwitch />
        <Button size="small" tone="quiet" onClick={() => void logout().then(() => link.stop('signed_out'))}>{t('action.log_out')}</Button>
      </div>
    </div>
  );
};

/** Nobody can overlook that the line is gone, or believe that it is back too early. The region is
 * always there, so that it is heard; the seconds are only for the eye. */
export const LinkBanner = () => {
  const lost = link.status.value === 'lost';
  const wasLost = useRef(false);
  useEffect(() => {
    if (wasLost.current && !lost && link.status.value === 'open') toast({ tone: 'good', text: t('link.back') }, 4_000);
    wasLost.current = lost;
  }, [lost]);
  return (
    <div class="link-alert" role="alert">
      {lost && (
        <div class="link-banner">
          <Icon name="warn" />
          <p><strong>{t('link.lost')}</strong> {t('link.lost_words')}</p>
          <LostFor />
        </div>
      )}
    </div>
  );
};

const LostFor = () => {
  const seconds = Math.max(0, Math.round((Date.now() - link.lostAt.value) / 1000) + 0 * now.value);
  return <span class="lost-for" aria-hidden="true">{t('link.lost_for', { n: seconds })}</span>;
};
