import '@fontsource-variable/source-sans-3';
import './style/base.css';
import './style/parts.css';
import './style/pages.css';
import { render } from 'preact';
import { takeCode, login } from './api/login';
import { App } from './app';
import { link } from './state/store';
import { lang, setLang } from './text/i18n';
import { setTheme, theme } from './ui/theme';
import { loginOutcome } from './app';

setLang(lang.value);
setTheme(theme.value);

const start = async (): Promise<void> => {
  const code = takeCode();
  if (code) {
    const outcome = await login(code);
    // A link that was used up is no trouble on the device that used it: its cookie still holds.
    loginOutcome.value = outcome === 'ok' ? null : outcome;
  }
  link.start();
};

const root = document.getElementById('app');
if (root) render(<App />, root);
void start();
