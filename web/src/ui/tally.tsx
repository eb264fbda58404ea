// Counts entered by hand. The second person counts for themselves: the first one's numbers are not
// shown before theirs are entered.

import { useState } from 'preact/hooks';
import type { Form, Vote } from '../api/types';
import { ask, nameOf, you } from '../state/store';
import { t, tr, word } from '../text/i18n';
import { Button } from './button';
import { Icon } from './icon';

const FORMS: Form[] = ['hands', 'standing', 'doors', 'roll_call', 'paper'];

const whole = (text: string): number | null => (/^\d{1,4}$/.test(text.trim()) ? Number(text) : null);

export const TallyForm = ({ vote }: { vote: Vote }) => {
  const tally = vote.tally;
  const first = tally && !tally.confirmed_by ? tally.by : null;
  const isMine = first === you.value?.id;
  const [form, setForm] = useState<Form>(tally?.form ?? (vote.ballot.form === 'electronic' ? 'hands' : vote.ballot.form));
  const [numbers, setNumbers] = useState<Record<string, string>>({});
  const fields = [...vote.ballot.options.map((o) => ({ id: o.id, name: tr(o) })), { id: 'invalid', name: t('count.invalid') }];
  const counts = Object.fromEntries(fields.map((f) => [f.id, whole(numbers[f.id] ?? (f.id === 'invalid' ? '0' : ''))]));
  const ready = Object.values(counts).every((n) => n !== null);
  const sum = Object.values(counts).reduce<number>((a, n) => a + (n ?? 0), 0);
  const tooMany = sum > vote.eligible;

  if (tally?.confirmed_by)
    return (
      <p class="recorded">
        <Icon name="check" />
        <span>{t('tally.confirmed', { by: nameOf(tally.by), second: nameOf(tally.confirmed_by) })}</span>
      </p>
    );

  const send = async () => {
    if (ready && (await ask('vote.tally', { vote: vote.vote, form, counts }))) setNumbers({});
  };

  return (
    <form class="form tally" onSubmit={(e) => { e.preventDefault(); void send(); }}>
      {first && (
        <p class={isMine ? 'dim' : 'notice'} role="status">
          {t(isMine ? 'tally.wait_second' : 'tally.you_second', { by: nameOf(first) })}
        </p>
      )}
      <label class="field">
        <span>{t('tally.form')}</span>
        <select class="input" value={form} onChange={(e) => setForm(e.currentTarget.value as Form)}>
          {FORMS.map((f) => <option key={f} value={f}>{word('form', f)}</option>)}
        </select>
      </label>
      <div class="tally-numbers">
        {fields.map((f) => (
          <label key={f.id} class="field">
            <span>{f.name}</span>
            <input class="input number" inputMode="numeric" autocomplete="off" maxLength={4}
              value={numbers[f.id] ?? (f.id === 'invalid' ? '0' : '')}
              onInput={(e) => setNumbers({ ...numbers, [f.id]: e.currentTarget.value })} />
          </label>
        ))}
      </div>
      <p class={tooMany ? 'warn-words' : 'dim'} role="status">
        {t(tooMany ? 'tally.too_many' : 'tally.sum', { sum, eligible: vote.eligible })}
      </p>
      <div class="button-row">
        <Button tone="primary" icon="check" disabled={!ready} onClick={() => void send()}>
          {t(first && !isMine ? 'tally.confirm' : isMine ? 'tally.correct' : 'tally.enter')}
        </Button>
      </div>
    </form>
  );
};
