import { t, type Key } from '../../text/i18n';
import { Dialog } from '../../ui/dialog';
import { hotkeysOn, setHotkeys } from '../../ui/hotkeys';

const KEYS: [string, Key][] = [
  ['N', 'key.next'],
  ['C', 'key.call'],
  ['E', 'key.extend'],
  ['M', 'key.mute'],
  ['⇧ M', 'key.mute_all'],
  ['S', 'key.end'],
  ['V', 'key.vote'],
  ['Q', 'key.queue'],
  ['↑ ↓', 'key.walk'],
  ['Enter, G', 'key.grant'],
  ['D', 'key.deny'],
  ['Alt ↑ ↓', 'key.move'],
  ['?', 'key.help'],
];

export const HelpDialog = ({ onClose }: { onClose: () => void }) => (
  <Dialog title={t('key.title')} onClose={onClose}>
    <dl class="keys">
      {KEYS.map(([key, words]) => (
        <div key={key}>
          <dt><kbd>{key}</kbd></dt>
          <dd>{t(words)}</dd>
        </div>
      ))}
    </dl>
    <label class="choice-row">
      <input type="checkbox" checked={hotkeysOn.value} onChange={(e) => setHotkeys(e.currentTarget.checked)} />
      <span>{t('key.on')}</span>
    </label>
  </Dialog>
);
