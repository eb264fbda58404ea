// Which page is shown: by the link's state first, then by role.

import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { lazy, type LazyPage } from './ui/lazy';
import type { LoginTrouble } from './api/login';
import type { Role } from './api/types';
import LoginPage, { ElsewherePage } from './pages/login';
import { link, roles, state } from './state/store';
import { t } from './text/i18n';
import { Announcer } from './ui/announce';
import { Header, LangSwitch, LinkBanner, ThemeSwitch } from './ui/shell';
import { Toasts } from './ui/toasts';

export const loginTrouble = signal<LoginTrouble | null>(null);

const DelegatePage = lazy(() => import('./pages/delegate'));

const pages: Record<Role, LazyPage> = {
  chair: lazy(() => import('./pages/chair')),
  delegate: DelegatePage,
  guest: DelegatePage,
  display: lazy(() => import('./pages/display')),
  observer: lazy(() => import('./pages/display')),
  secretary: lazy(() => import('./pages/secretary')),
  operator: lazy(() => import('./pages/operator')),
  it: lazy(() => import('./pages/it')),
};

const STORED = 'kyhop.role';
const wanted = signal<string | null>(readRole());

function readRole(): string | null {
  try {
    return sessionStorage.getItem(STORED);
  } catch {
    return null;
  }
}

const chooseRole = (role: Role): void => {
  wanted.value = role;
  try {
    sessionStorage.setItem(STORED, role);
  } catch {
    // The choice lasts as long as the page.
  }
};

const choose = (among: Role[]): Role => among.find((r) => r === wanted.value) ?? among[0] ?? 'observer';

/** The page of a person is fetched while the link is still being made. */
export const preloadPage = (among: Role[]): void => pages[choose(among)].preload();

export const App = () => {
  const status = link.status.value;
  if (status === 'signed_out')
    return (
      <Bare>
        <LoginPage
          failed={loginTrouble.value}
          onDone={(token) => {
            loginTrouble.value = null;
            link.start(token);
          }}
        />
      </Bare>
    );
  if (status === 'elsewhere' || status === 'taken')
    return <Bare><ElsewherePage taken={status === 'taken'} onTakeOver={() => link.takeOver()} /></Bare>;
  if (!state.value) return <Bare><Loading /></Bare>;

  const role = choose(roles.value);
  const Page = pages[role];
  const bare = role === 'display';
  return (
    <div class={`app role-${role}`}>
      {!bare && <Header role={role} onRole={chooseRole} />}
      <LinkBanner />
      <Page key={role} />
      <Toasts />
      <Announcer />
    </div>
  );
};

const Bare = ({ children }: { children: ComponentChildren }) => (
  <div class="app bare">
    <div class="bare-tools"><LangSwitch /><ThemeSwitch /></div>
    {children}
    <Toasts />
  </div>
);

const Loading = () => (
  <main id="main" class="page loading" tabIndex={-1}>
    <p role="status">{t('loading')}</p>
  </main>
);
