import { t, type Key } from '../../text/i18n';
import { Dialog } from '../../ui/dialog';
import { hotkeysOn, setHotkeys } from '../../ui/hotkeys';

const GROUPS: { title: Key; keys: [string, Key][] }[] = [
  {
    title: 'chair.speaking',
    keys: [
      ['N', 'key.next'],
      ['C', 'key.call'],
      ['E', 'key.extend'],
      ['M', 'key.mute'],
      ['⇧ M', 'key.mute_all'],
      ['P', 'key.interrupt'],
      ['S', 'key.end'],
    ],
  },
  {
    title: 'chair.waiting',
    keys: [
      ['Q', 'key.queue'],
      ['↑ ↓', 'key.walk'],
      ['Enter, G', 'key.grant'],
      ['D', 'key.deny'],
      ['Alt ↑ ↓', 'key.move'],
      ['L', 'key.list'],
    ],
  },
  {
    title: 'chair.sitting',
    keys: [
      ['O', 'key.sitting'],
      ['A', 'key.agenda'],
      ['V', 'key.vote'],
      ['Z', 'key.undo'],
      ['Y', 'key.anyway'],
      ['?', 'key.help'],
    ],
  },
];

export const HelpDialog = ({ onClose }: { onClose: () => void }) => (
  <Dialog title={t('key.title')} onClose={onClose} wide>
    <div class="key-groups">
      {GROUPS.map((group) => (
        <section key={group.title}>
          <h3>{t(group.title)}</h3>
          <dl class="keys">
            {group.keys.map(([key, words]) => (
              <div key={key}>
                <dt><kbd>{key}</kbd></dt>
                <dd>{t(words)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
    <label class="choice-row">
      <input type="checkbox" checked={hotkeysOn.value} onChange={(e) => setHotkeys(e.currentTarget.checked)} />
      <span>{t('key.on')}</span>
    </label>
  </Dialog>
);
