// What just happened, with the way back where there is one. Two live regions: polite and urgent.

import { dismiss, toasts } from '../state/store';
import { t } from '../text/i18n';
import { Button } from './button';
import { Icon } from './icon';

export const Toasts = () => (
  <div class="toasts">
    <div role="status" aria-live="polite">
      {toasts.value.filter((x) => x.tone === 'info' || x.tone === 'good').map(item)}
    </div>
    <div role="alert" aria-live="assertive">
      {toasts.value.filter((x) => x.tone === 'warn' || x.tone === 'bad').map(item)}
    </div>
  </div>
);

const item = (toast: (typeof toasts.value)[number]) => (
  <div key={toast.id} class={`toast ${toast.tone}`}>
    <Icon name={toast.tone === 'good' ? 'check' : toast.tone === 'info' ? 'info' : 'warn'} />
    <p>
      {toast.text}
      {toast.rule && <span class="rule">{t('rule', { rule: toast.rule })}</span>}
    </p>
    {toast.undo && (
      <Button
        size="small"
        icon="undo"
        onClick={() => {
          dismiss(toast.id);
          toast.undo?.run();
        }}
      >
        {toast.undo.label}
      </Button>
    )}
    <Button icon="cross" iconOnly tone="quiet" size="small" label={t('action.dismiss')} onClick={() => dismiss(toast.id)} />
  </div>
);
