// What just happened, with the way back where there is one. Two live regions: polite and urgent.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { dismiss, toasts, type ErrorWords, type Toast } from '../state/store';
import { t } from '../text/i18n';
import { Button } from './button';
import { placeOf, type Place } from './focus';
import { GoAheadDialog } from './go-ahead';
import { Icon } from './icon';

/** The refusal that the chair is about to set aside. */
const goingPast = signal<Toast | null>(null);
/** Where the focus was when a refusal came. */
const cameFrom = new Map<number, Place | null>();

export const newestRefusal = (): Toast | undefined => [...toasts.value].reverse().find((one) => one.anyway);

export const askToGoAhead = (refusal: Toast | undefined): void => {
  if (refusal?.anyway) goingPast.value = refusal;
};

const rememberPlaces = (): void => {
  for (const one of toasts.value)
    if (one.anyway && !cameFrom.has(one.id)) cameFrom.set(one.id, placeOf(document.activeElement));
  for (const id of cameFrom.keys())
    if (id !== goingPast.value?.id && !toasts.value.some((one) => one.id === id)) cameFrom.delete(id);
};

export const Toasts = () => {
  useEffect(rememberPlaces, [toasts.value]);
  const past = goingPast.value;
  return (
    <>
      <div class="toasts">
        <div role="status" aria-live="polite">
          {toasts.value.filter((x) => x.tone === 'info' || x.tone === 'good').map(item)}
        </div>
        <div role="alert" aria-live="assertive">
          {toasts.value.filter((x) => x.tone === 'warn' || x.tone === 'bad').map(item)}
        </div>
      </div>
      {past?.anyway && (
        <GoAheadDialog key={past.id} asked={past.anyway} refused={past as ErrorWords} from={cameFrom.get(past.id) ?? null}
          onClose={() => (goingPast.value = null)}
          onDone={() => {
            goingPast.value = null;
            dismiss(past.id);
          }} />
      )}
    </>
  );
};

const item = (toast: Toast) => (
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
    {toast.anyway && (
      <Button size="small" hotkey="Y" onClick={() => askToGoAhead(toast)}>{t('action.go_ahead')}</Button>
    )}
    <Button icon="cross" iconOnly tone="quiet" size="small" label={t('action.dismiss')} onClick={() => dismiss(toast.id)} />
  </div>
);
