// A question or form above the page: the browser's own dialog, so focus, Escape and inertness are its.

import type { ComponentChildren, RefObject } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../text/i18n';
import { Button } from './button';
import { goTo, placeOf, type Place } from './focus';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  wide?: boolean;
  /** Buttons besides "close" */
  actions?: ComponentChildren;
  /** Where the focus goes at the end, when not back to where it was */
  returnTo?: RefObject<Place>;
}

export const Dialog = ({ title, onClose, children, wide, actions, returnTo }: DialogProps) => {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();

  useEffect(() => {
    const dialog = ref.current;
    const before = placeOf(document.activeElement);
    dialog?.showModal();
    return () => {
      dialog?.close();
      goTo(returnTo?.current ?? before);
    };
  }, []);

  return (
    <dialog
      ref={ref}
      class={wide ? 'dialog wide' : 'dialog'}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={heading}>{title}</h2>
          <Button icon="cross" iconOnly tone="quiet" label={t('action.close')} onClick={onClose} />
        </header>
        {children}
        {actions && <footer class="dialog-actions">{actions}</footer>}
      </div>
    </dialog>
  );
};
