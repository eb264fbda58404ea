// Choosing a person out of up to a thousand: type a few letters, with or without marks.

import { useId, useMemo, useState } from 'preact/hooks';
import type { Person } from '../api/types';
import { byGivenName, fold } from '../text/format';
import { t } from '../text/i18n';
import { PersonLine } from './person';

interface PickProps {
  persons: Person[];
  chosen: string | null;
  label: string;
  onPick: (id: string) => void;
}

const SHOWN = 8;

export const PickPerson = ({ persons, chosen, label, onPick }: PickProps) => {
  const [query, setQuery] = useState('');
  const id = useId();
  const found = useMemo(() => {
    const wanted = fold(query.trim());
    return persons
      .filter((p) => fold(`${p.name} ${p.title} ${p.group} ${p.seat}`).includes(wanted))
      .sort(byGivenName);
  }, [persons, query]);

  return (
    <fieldset class="pick">
      <legend>{label}</legend>
      <label class="visually-hidden" for={id}>{t('search.person')}</label>
      <input
        id={id}
        class="input"
        type="search"
        autocomplete="off"
        placeholder={t('search.person')}
        value={query}
        onInput={(e) => setQuery(e.currentTarget.value)}
      />
      <div class="pick-list">
        {found.slice(0, SHOWN).map((p) => (
          <label key={p.id} class="pick-row">
            <input type="radio" name={id} checked={p.id === chosen} onChange={() => onPick(p.id)} />
            <PersonLine person={p} id={p.id} />
          </label>
        ))}
        {found.length > SHOWN && <p class="dim">{t('search.more', { n: found.length - SHOWN })}</p>}
        {found.length === 0 && <p class="dim">{t('search.none')}</p>}
      </div>
    </fieldset>
  );
};
