import type { ErrorWords } from '../state/store';
import { t } from '../text/i18n';
import { Icon } from './icon';

/** The rule's words and its number. */
export const RefusalWords = ({ refused }: { refused: ErrorWords }) => (
  <p class={`refusal ${refused.tone}`}>
    <Icon name="warn" />
    <span>
      {refused.text}
      {refused.rule && <span class="rule">{t('rule', { rule: refused.rule })}</span>}
    </span>
  </p>
);
