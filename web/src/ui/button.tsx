import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon';

export interface ButtonProps {
  children?: ComponentChildren;
  onClick: () => void;
  tone?: 'plain' | 'primary' | 'good' | 'danger' | 'quiet';
  size?: 'small' | 'normal' | 'large';
  icon?: IconName;
  /** The name for screen readers when the words alone do not say which one. */
  label?: string;
  disabled?: boolean;
  busy?: boolean;
  pressed?: boolean;
  /** Key that does the same, shown as a hint. */
  hotkey?: string;
  iconOnly?: boolean;
  id?: string;
  describedBy?: string;
}

export const Button = (props: ButtonProps) => {
  const { tone = 'plain', size = 'normal', busy = false } = props;
  return (
    <button
      type="button"
      id={props.id}
      class={`button ${tone} ${size}${props.iconOnly ? ' icon-only' : ''}`}
      // Disabled in the eyes of everybody, yet focus stays where it is.
      aria-disabled={props.disabled || busy ? 'true' : undefined}
      aria-busy={busy ? 'true' : undefined}
      aria-label={props.label}
      aria-pressed={props.pressed === undefined ? undefined : props.pressed ? 'true' : 'false'}
      aria-keyshortcuts={props.hotkey}
      aria-describedby={props.describedBy}
      title={props.iconOnly ? props.label : undefined}
      onClick={() => {
        if (!props.disabled && !busy) props.onClick();
      }}
    >
      {props.icon && <Icon name={props.icon} />}
      {!props.iconOnly && <span class="button-words">{props.children}</span>}
      {props.hotkey && !props.iconOnly && (
        <kbd class="hotkey" aria-hidden="true">
          {props.hotkey.replace('Shift+', '⇧').replace('Alt+', '⌥')}
        </kbd>
      )}
    </button>
  );
};
