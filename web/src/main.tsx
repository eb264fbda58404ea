import './style/font.css';
import './style/base.css';
import './style/parts.css';
import './style/pages.css';
import { render } from 'preact';
import { takeCode, login } from './api/login';
import { App, loginTrouble, preloadPage } from './app';
import { link } from './state/store';
import { lang, setLang } from './text/i18n';
import { keepFocus } from './ui/focus';
import { setTheme, theme } from './ui/theme';

setLang(lang.value);
setTheme(theme.value);
keepFocus();

const start = async (): Promise<void> => {
  const code = takeCode();
  const outcome = code ? await login(code) : null;
  // A link that was used up is no trouble on the device that used it: its cookie still holds.
  loginTrouble.value = outcome && 'trouble' in outcome ? outcome.trouble : null;
  if (outcome && 'you' in outcome && outcome.you) preloadPage(outcome.you.roles);
  link.start(outcome && 'token' in outcome ? outcome.token : undefined);
};

const root = document.getElementById('app');
if (root) render(<App />, root);
void start();
