// A form in a dialog stays open, with all that was typed, until the server has taken it; a refusal is
// shown in it with the rule's words, for messages beside a dialog are out of reach.

import { useState } from 'preact/hooks';
import { errorText, link } from '../state/store';
import { t } from '../text/i18n';
import { Icon } from './icon';

export const useRefusal = (onDone: () => void) => {
  const [refused, setRefused] = useState<ReturnType<typeof errorText> | null>(null);
  const [busy, setBusy] = useState(false);

  const send = async (method: string, params: Record<string, unknown>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setRefused(null);
    try {
      await link.call(method, params);
      onDone();
    } catch (error) {
      setRefused(errorText(error));
    } finally {
      setBusy(false);
    }
  };

  return { send, busy, refused };
};

export const Refusal = ({ refused }: { refused: ReturnType<typeof errorText> | null }) => (
  <div role="alert">
    {refused && (
      <p class={`refusal ${refused.tone}`}>
        <Icon name="warn" />
        <span>
          {refused.text}
          {refused.rule && <span class="rule">{t('rule', { rule: refused.rule })}</span>}
        </span>
      </p>
    )}
  </div>
);
