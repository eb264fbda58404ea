// Counts entered by hand. The second person counts for themselves: the first one's numbers are not
// shown before theirs are entered.

import { useEffect, useState } from 'preact/hooks';
import type { BallotOption, Form, TallyCounts, TallyOf, Vote } from '../api/types';
import { history, wantHistory } from '../state/past';
import { ask, nameOf, you } from '../state/store';
import { tallyTrail, type Entry } from '../state/tally';
import { clockSeconds } from '../text/format';
import { t, tr, word } from '../text/i18n';
import { Button } from './button';
import { Icon } from './icon';

const FORMS: Form[] = ['hands', 'standing', 'doors', 'roll_call', 'paper'];

const whole = (text: string): number | null => (/^\d{1,4}$/.test(text.trim()) ? Number(text) : null);

interface Field {
  id: string;
  name: string;
}

const fieldsOf = (options: BallotOption[]): Field[] =>
  [...options.map((o) => ({ id: o.id, name: tr(o) })), { id: 'invalid', name: t('count.invalid') }];

/** What stands in the inputs, by subject; '' is the one question of a vote without subjects. */
type Typed = Record<string, Record<string, string>>;

const typedOf = (typed: Typed, subject: string, field: string): string =>
  typed[subject]?.[field] ?? (field === 'invalid' ? '0' : '');

const subjectsOf = (vote: Vote): Field[] =>
  vote.ballot.subjects.length > 1
    ? vote.ballot.subjects.map((s) => ({ id: s.id, name: s.name || nameOf(s.id) }))
    : [{ id: '', name: '' }];

const readSubject = (typed: Typed, subject: string, fields: Field[]): TallyOf | null => {
  const numbers = fields.map((f) => [f.id, whole(typedOf(typed, subject, f.id))] as const);
  return numbers.some(([, n]) => n === null) ? null : (Object.fromEntries(numbers) as TallyOf);
};

/** The numbers as `vote.tally` wants them; null while some are missing. */
const readAll = (typed: Typed, subjects: Field[], fields: Field[]): TallyCounts | null => {
  const all = subjects.map((s) => [s.id, readSubject(typed, s.id, fields)] as const);
  if (all.some(([, counts]) => counts === null)) return null;
  return subjects[0]?.id === '' ? (all[0]?.[1] as TallyOf) : (Object.fromEntries(all) as Record<string, TallyOf>);
};

const sumOf = (typed: Typed, subject: string, fields: Field[]): number =>
  fields.reduce((sum, f) => sum + (whole(typedOf(typed, subject, f.id)) ?? 0), 0);

export const TallyForm = ({ vote }: { vote: Vote }) => {
  const tally = vote.tally;
  const first = tally && !tally.confirmed_by ? tally.by : null;
  const isMine = first === you.value?.id;
  const [form, setForm] = useState<Form>(tally?.form ?? (vote.ballot.form === 'electronic' ? 'hands' : vote.ballot.form));
  const [typed, setTyped] = useState<Typed>({});
  const fields = fieldsOf(vote.ballot.options);
  const subjects = subjectsOf(vote);
  const counts = readAll(typed, subjects, fields);
  const missing = subjects.filter((s) => readSubject(typed, s.id, fields) === null).length;

  if (tally?.confirmed_by)
    return (
      <p class="recorded">
        <Icon name="check" />
        <span>{t('tally.confirmed', { by: nameOf(tally.by), second: nameOf(tally.confirmed_by) })}</span>
      </p>
    );

  const send = async () => {
    if (counts && (await ask('vote.tally', { vote: vote.vote, form, counts }))) setTyped({});
  };
  const type = (subject: string, field: string, text: string) =>
    setTyped({ ...typed, [subject]: { ...typed[subject], [field]: text } });

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
      {subjects.map((subject) => (
        <SubjectNumbers key={subject.id} subject={subject} fields={fields} typed={typed} vote={vote}
          onType={(field, text) => type(subject.id, field, text)} />
      ))}
      <div class="button-row">
        <Button tone="primary" icon="check" disabled={!counts} onClick={() => void send()}>
          {t(first && !isMine ? 'tally.confirm' : isMine ? 'tally.correct' : 'tally.enter')}
        </Button>
        {subjects.length > 1 && missing > 0 && <p class="dim">{t('tally.missing', { n: missing })}</p>}
      </div>
    </form>
  );
};

interface NumbersProps {
  subject: Field;
  fields: Field[];
  typed: Typed;
  vote: Vote;
  onType: (field: string, text: string) => void;
}

const SubjectNumbers = ({ subject, fields, typed, vote, onType }: NumbersProps) => {
  const sum = sumOf(typed, subject.id, fields);
  const tooMany = (vote.ballot.select?.max ?? 1) === 1 && sum > vote.eligible;
  return (
    <fieldset class={subject.id ? 'tally-subject named' : 'tally-subject'}>
      <legend class={subject.id ? '' : 'visually-hidden'}>{subject.name || t('vote.votes')}</legend>
      <div class="tally-numbers">
        {fields.map((f) => (
          <label key={f.id} class="field">
            <span>{f.name}</span>
            <input class="input number" inputMode="numeric" autocomplete="off" maxLength={4}
              aria-invalid={tooMany ? 'true' : undefined}
              value={typedOf(typed, subject.id, f.id)} onInput={(e) => onType(f.id, e.currentTarget.value)} />
          </label>
        ))}
      </div>
      <p class={tooMany ? 'warn-words' : 'dim'} role="status">
        {t(tooMany ? 'tally.too_many' : 'tally.sum', { sum, eligible: vote.eligible })}
      </p>
    </fieldset>
  );
};

// --- the trail: what was entered, by whom, corrected to what, when ---

const countWords = (vote: Vote, counts: TallyOf): string =>
  fieldsOf(vote.ballot.options).map((f) => `${f.name}: ${counts[f.id] ?? 0}`).join(' · ');

const Numbers = ({ vote, counts }: { vote: Vote; counts: TallyCounts }) => {
  if (vote.ballot.subjects.length <= 1) return <p class="trail-numbers">{countWords(vote, counts as TallyOf)}</p>;
  return (
    <ul class="trail-numbers">
      {subjectsOf(vote).map((s) => (
        <li key={s.id}><strong>{s.name}</strong>: {countWords(vote, (counts as Record<string, TallyOf>)[s.id] ?? {})}</li>
      ))}
    </ul>
  );
};

/** Who counts second must not read the first count here. */
const isHidden = (entries: Entry[]): boolean =>
  entries[0]?.by !== you.value?.id && !entries.some((e) => e.kind === 'confirmed');

export const TallyTrail = ({ vote }: { vote: Vote }) => {
  useEffect(wantHistory, []);
  const entries = tallyTrail(history.value, vote.vote);
  if (entries.length === 0) return null;
  const hidden = vote.state === 'open' && isHidden(entries);
  return (
    <section class="trail" aria-label={t('tally.trail')}>
      <h3>{t('tally.trail')}</h3>
      <ol>
        {entries.map((entry, i) => (
          <li key={entry.seq} class={entries.slice(i + 1).some((e) => e.kind === 'corrected') ? 'replaced' : ''}>
            <p>
              <time dateTime={entry.at}>{clockSeconds(entry.at)}</time>{' '}
              <strong>{nameOf(entry.by)}</strong>{' '}
              <span class={`tag ${entry.kind}`}>{t(`trail.${entry.kind}`)}</span>{' '}
              <span class="dim">{word('form', entry.form)}</span>
            </p>
            {hidden ? <p class="dim">{t('tally.hidden')}</p> : entry.counts && <Numbers vote={vote} counts={entry.counts} />}
          </li>
        ))}
      </ol>
    </section>
  );
};
