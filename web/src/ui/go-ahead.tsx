// The way past a procedure's refusal: the same call once more, with the chair's reason.

import { useEffect, useRef, useState } from 'preact/hooks';
import { goingAhead, type Asked } from '../state/override';
import { errorText, link, type ErrorWords } from '../state/store';
import { t } from '../text/i18n';
import { Button } from './button';
import { Dialog } from './dialog';
import type { Place } from './focus';
import { RefusalWords } from './refusal-words';

const NOTE_CHARACTERS = 300;

/** Asks for the reason, which stays when this is refused too. Stands in forms, so it is none itself. */
export const Reason = ({ asked, onDone }: { asked: Asked; onDone: () => void }) => {
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<ErrorWords | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const all = useRef<HTMLDivElement>(null);
  const call = goingAhead(asked, reason);

  useEffect(() => field.current?.focus(), []);
  // A long form hides its end behind its buttons.
  useEffect(() => all.current?.scrollIntoView({ block: 'nearest' }), [refused]);

  const goAhead = async (): Promise<void> => {
    if (!call || busy) return;
    setBusy(true);
    setRefused(null);
    try {
      await link.call(call.method, call.params);
      onDone();
    } catch (error) {
      setRefused(errorText(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <div ref={all} class="form go-ahead">
      <label class="field">
        <span>{t('override.reason')}</span>
        <input ref={field} class="input" autofocus aria-required="true" maxLength={NOTE_CHARACTERS} value={reason}
          onInput={(e) => setReason(e.currentTarget.value)}
          onKeyDown={(e) => {
            if (e.key !== 'Enter' || e.isComposing) return;
            e.preventDefault();
            void goAhead();
          }} />
      </label>
      <p class="dim">{t('override.words')}</p>
      <div role="alert">{refused && <RefusalWords refused={refused} />}</div>
      <div class="button-row">
        <Button tone="danger" icon="warn" disabled={!call} busy={busy} onClick={() => void goAhead()}>
          {t('override.now')}
        </Button>
      </div>
    </div>
  );
};

/** Of a refusal in a message. Done, the focus goes to where the command came from. */
export const GoAheadDialog = ({ asked, refused, from, onDone, onClose }: {
  asked: Asked;
  refused: ErrorWords;
  from: Place | null;
  onDone: () => void;
  onClose: () => void;
}) => {
  const back = useRef<Place | null>(null);
  const done = () => {
    back.current = from;
    onDone();
  };
  return (
    <Dialog title={t('action.go_ahead').replace('…', '')} onClose={onClose} returnTo={back} actions={
      <Button onClick={onClose}>{t('action.cancel')}</Button>
    }>
      <RefusalWords refused={refused} />
      <Reason asked={asked} onDone={done} />
    </Dialog>
  );
};
