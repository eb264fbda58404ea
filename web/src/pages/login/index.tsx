import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import { cleanCode, login, type LoginTrouble } from '../../api/login';
import { t, type Key } from '../../text/i18n';
import { Button } from '../../ui/button';

const TROUBLE: Record<LoginTrouble, Key> = {
  wrong: 'login.wrong',
  too_many: 'login.too_many',
  offline: 'login.offline',
};

interface ScanProps {
  onCode: (code: string) => void;
  onClose: () => void;
}

/** Browsers give the camera to https pages only. */
const hasCamera = typeof navigator !== 'undefined' && typeof navigator.mediaDevices?.getUserMedia === 'function';

const LoginPage = ({ onDone, failed }: {
  onDone: (token: string) => void;
  failed: LoginTrouble | null;
}) => {
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<LoginTrouble | null>(failed);

  const [Scan, setScan] = useState<{ Dialog: ComponentType<ScanProps> } | null>(null);

  const enter = async (typed: string) => {
    const clean = cleanCode(typed);
    if (!clean || busy) return;
    setBusy(true);
    const outcome = await login(clean);
    setBusy(false);
    if ('token' in outcome) onDone(outcome.token);
    else setTrouble(outcome.trouble);
  };
  const scan = () =>
    import('./scan').then(
      (module) => setScan({ Dialog: module.default }),
      () => setTrouble('offline'),
    );
  const scanned = (found: string) => {
    setScan(null);
    setCode(found);
    void enter(found);
  };

  return (
    <main id="main" class="page login" tabIndex={-1}>
      <div class="login-card">
        <h1>{t('login.title')}</h1>
        <p>{t('login.words')}</p>
        <form onSubmit={(e) => { e.preventDefault(); void enter(code); }}>
          <label class="field">
            <span>{t('login.code')}</span>
            <input class="input code" autocomplete="one-time-code" autocapitalize="characters" spellcheck={false}
              value={code} aria-invalid={trouble ? 'true' : undefined}
              aria-describedby="login-trouble" onInput={(e) => setCode(e.currentTarget.value)} />
          </label>
          <p id="login-trouble" class="warn-words" role="alert">
            {trouble ? t(TROUBLE[trouble]) : ''}
          </p>
          <button type="submit" class="button primary large" aria-disabled={busy ? 'true' : undefined}>
            {t(busy ? 'login.checking' : 'login.enter')}
          </button>
        </form>
        {hasCamera && <Button icon="qr" onClick={() => void scan()}>{t('scan.start')}</Button>}
        <p class="dim">{t('login.help')}</p>
      </div>
      {Scan && <Scan.Dialog onCode={scanned} onClose={() => setScan(null)} />}
    </main>
  );
};

export default LoginPage;

/** The person is connected somewhere else, or was moved from here to there. */
export const ElsewherePage = ({ taken, onTakeOver }: { taken: boolean; onTakeOver: () => void }) => (
  <main id="main" class="page login" tabIndex={-1}>
    <div class="login-card">
      <h1>{t(taken ? 'login.taken' : 'login.elsewhere')}</h1>
      <p>{t(taken ? 'login.taken_words' : 'login.elsewhere_words')}</p>
      <Button tone="primary" size="large" onClick={onTakeOver}>{t('login.take_over')}</Button>
    </div>
  </main>
);
