// A form in a dialog stays open, with all that was typed, until the server has taken it; a refusal is
// shown in it with the rule's words, for messages beside a dialog are out of reach.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Asked } from '../state/override';
import { errorText, isAboveRules, link, type ErrorWords } from '../state/store';
import { t } from '../text/i18n';
import { Button } from './button';
import { Reason } from './go-ahead';
import { RefusalWords } from './refusal-words';

interface Refused extends ErrorWords {
  /** The chair may do it all the same */
  anyway?: { asked: Asked; onDone: () => void };
  forget: () => void;
}

export const useRefusal = (onDone: () => void) => {
  const [refused, setRefused] = useState<Refused | null>(null);
  const [busy, setBusy] = useState(false);

  const send = async (method: string, params: Record<string, unknown>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setRefused(null);
    try {
      await link.call(method, params);
      onDone();
    } catch (error) {
      const asked = { method, params };
      setRefused({
        ...errorText(error),
        ...(isAboveRules(asked, error) ? { anyway: { asked, onDone } } : {}),
        forget: () => setRefused(null),
      });
    } finally {
      setBusy(false);
    }
  };

  return { send, busy, refused };
};

export const Refusal = ({ refused }: { refused: Refused | null }) => {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (refused) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [refused]);
  return (
    <div ref={ref} class="refused">
      <div role="alert">{refused && <RefusalWords refused={refused} />}</div>
      {refused?.anyway && <GoAhead anyway={refused.anyway} forget={refused.forget} />}
    </div>
  );
};

/** Offered only as long as the form still says what was refused. */
const GoAhead = ({ anyway, forget }: { anyway: NonNullable<Refused['anyway']>; forget: () => void }) => {
  const [open, setOpen] = useState(false);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const form = ref.current?.closest('form');
    const changed = (event: Event) => {
      const at = event.target as Element;
      const isChange = event.type !== 'click' || at.closest('button') !== null;
      if (isChange && !ref.current?.contains(at)) forget();
    };
    const all = ['input', 'change', 'click'];
    // On the way down: later our own button may have gone away already.
    all.forEach((type) => form?.addEventListener(type, changed, true));
    return () => all.forEach((type) => form?.removeEventListener(type, changed, true));
  }, []);
  return (
    <div ref={ref}>
      {open ? <Reason asked={anyway.asked} onDone={anyway.onDone} /> : (
        <Button icon="warn" onClick={() => setOpen(true)}>{t('action.go_ahead')}</Button>
      )}
    </div>
  );
};
