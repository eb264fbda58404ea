// What the server said needs attention, until somebody has seen it.

import { effect, signal } from '@preact/signals';
import { notes } from '../../state/store';
import { clockSeconds } from '../../text/format';
import { t, word } from '../../text/i18n';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';

interface Trouble {
  at: number;
  code: string;
  text: string;
  times: number;
}

const KEEP = 20;
const troubles = signal<Trouble[]>([]);

let newest: unknown;

effect(() => {
  const note = notes.value.trouble;
  if (!note || note === newest) return; // another notification came
  newest = note;
  const code = String(note.code ?? '');
  const text = String(note.text ?? '');
  const list = troubles.peek();
  const same = list.find((x) => x.code === code && x.text === text);
  troubles.value = [{ at: Date.now(), code, text, times: (same?.times ?? 0) + 1 }, ...list.filter((x) => x !== same)].slice(0, KEEP);
});

export const Troubles = () => (
  <div class="ask-strip" role="alert">
    {troubles.value.map((trouble) => (
      <div key={`${trouble.code} ${trouble.text}`} class="ask-card">
        <Icon name="warn" />
        <div class="ask-words">
          <p class="ask-text">{t('trouble.server')}: {word('trouble.of', trouble.code)}</p>
          <p>
            {clockSeconds(trouble.at)} · {trouble.text}
            {trouble.times > 1 && ` (${t('trouble.times', { n: trouble.times })})`}
          </p>
        </div>
        <Button size="small" icon="check" onClick={() => (troubles.value = troubles.value.filter((x) => x !== trouble))}>
          {t('trouble.seen')}
        </Button>
      </div>
    ))}
  </div>
);
