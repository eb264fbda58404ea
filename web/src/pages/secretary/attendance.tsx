// Who is here, who came late, who left, who is excused and why.

import { computed, signal } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Person, Presence, Snapshot } from '../../api/types';
import { comings, isLate, type Coming } from '../../state/attendance';
import { history, wantHistory } from '../../state/past';
import { ask, inOffice, nameOf, presentCount } from '../../state/store';
import { byGivenName, clockTime, fold, percent } from '../../text/format';
import { t } from '../../text/i18n';
import { Button } from '../../ui/button';
import { memo } from '../../ui/memo';
import { Dialog } from '../../ui/dialog';
import { PersonLine } from '../../ui/person';
import { Virtual } from '../../ui/virtual';

type Filter = 'all' | 'late' | Presence;
const FILTERS: Filter[] = ['all', 'present', 'late', 'absent', 'excused'];
const ROW_PX = 68;
const NARROW_ROW_PX = 118;

const narrow = matchMedia('(max-width: 640px)');
const isNarrow = signal(narrow.matches);
narrow.addEventListener('change', () => (isNarrow.value = narrow.matches));

const came = computed(() => comings(history.value));

const isAttending = (p: Person): boolean => p.roles.some((r) => r === 'delegate' || r === 'guest' || r === 'chair');

export const Attendance = ({ state }: { state: Snapshot }) => {
  const [query, setQuery] = useState('');
  const [filter, setFilter] = useState<Filter>('all');
  const [excusing, setExcusing] = useState<string | null>(null);
  useEffect(wantHistory, []);
  const times = came.value;
  const opened = state.sitting?.opened_at;
  const all = useMemo(() => state.persons.filter(isAttending).sort(byGivenName), [state.persons]);
  const late = useMemo(
    () => new Set(all.filter((p) => p.presence === 'present' && isLate(opened, times.get(p.id), p.since)).map((p) => p.id)),
    [all, times, opened],
  );
  const isIn = (p: Person, f: Filter): boolean => f === 'all' || (f === 'late' ? late.has(p.id) : p.presence === f);
  const found = useMemo(() => {
    const wanted = fold(query.trim());
    return all.filter((p) => isIn(p, filter) && fold(`${p.name} ${p.group} ${p.seat} ${p.title}`).includes(wanted));
  }, [all, query, filter, late]);
  const open = state.phase !== 'closed';
  return (
    <section class="panel attendance" aria-labelledby="attendance-title">
      <header class="panel-head">
        <h2 id="attendance-title">{t('attendance.title')}</h2>
        <p class="attendance-sum">
          <strong>{presentCount.value}/{inOffice.value}</strong> {t('quorum.present', { share: percent(presentCount.value, inOffice.value) })}
        </p>
      </header>
      {!open && <p class="dim">{t('attendance.closed')}</p>}
      <div class="attendance-tools">
        <label class="visually-hidden" for="attendance-search">{t('search.person')}</label>
        <input id="attendance-search" class="input" type="search" autocomplete="off" placeholder={t('search.person')}
          value={query} onInput={(e) => setQuery(e.currentTarget.value)} />
        <fieldset class="kinds">
          <legend class="visually-hidden">{t('attendance.filter')}</legend>
          {FILTERS.map((f) => (
            <label key={f} class={f === filter ? 'kind chosen' : 'kind'}>
              <input type="radio" name="filter" checked={f === filter} onChange={() => setFilter(f)} />
              <span>{t(`filter.${f}`)} {all.filter((p) => isIn(p, f)).length}</span>
            </label>
          ))}
        </fieldset>
      </div>
      <Virtual items={found} rowHeight={isNarrow.value ? NARROW_ROW_PX : ROW_PX} label={t('attendance.title')} keyOf={(p) => p.id}
        row={(p) => (
          <AttendanceRow person={p} open={open} late={late.has(p.id)} when={whenWords(p, times.get(p.id))}
            note={p.presence === 'excused' ? times.get(p.id)?.excused?.note ?? '' : ''} onExcuse={setExcusing} />
        )} />
      {found.length === 0 && <p class="empty">{t('search.none')}</p>}
      {excusing && <ExcuseDialog person={excusing} onClose={() => setExcusing(null)} />}
    </section>
  );
};

const mark = (person: Person, remote: boolean) =>
  ask('attendance.check_in', remote ? { person: person.id, remote } : { person: person.id });

/** "07:58", "vắng lúc 10:30": of what the tag says. */
const whenWords = (person: Person, coming: Coming | undefined): string => {
  if (person.presence === 'present') {
    const first = coming?.first ?? person.since;
    return first ? t('attendance.since', { time: clockTime(first) }) : '';
  }
  const left = coming?.left;
  return left ? t('attendance.left_at', { time: clockTime(left) }) : '';
};

interface RowProps {
  person: Person;
  open: boolean;
  late: boolean;
  when: string;
  note: string;
  onExcuse: (person: string) => void;
}

// Scrolling moves rows; it must not draw them again.
const AttendanceRow = memo(({ person, open, late, when, note, onExcuse }: RowProps) => {
  const { presence, remote, name } = person;
  const here = presence === 'present';
  return (
    <div class={`attendance-row ${presence}`}>
      <span class="seat-name">{person.seat}</span>
      <PersonLine person={person} id={person.id} />
      <span class="attendance-state">
        <span class={late ? 'tag presence late' : `tag presence ${presence}`}>
          {t(late ? 'presence.late' : here && remote ? 'presence.remote' : `presence.${presence}`)}
        </span>
        {(when || note) && <small title={note || undefined}>{[when, note].filter(Boolean).join(' · ')}</small>}
      </span>
      <div class="attendance-buttons">
        {here && !remote ? <span /> : (
          <Button size="small" icon="check" disabled={!open} label={t('attendance.present_name', { name })} onClick={() => void mark(person, false)}>
            {t('attendance.present')}
          </Button>
        )}
        {here && remote ? <span /> : (
          <Button size="small" tone="quiet" disabled={!open} label={t('attendance.remote_name', { name })} onClick={() => void mark(person, true)}>
            {t('attendance.remote')}
          </Button>
        )}
        {here ? (
          <Button size="small" tone="quiet" disabled={!open} label={t('attendance.leave_name', { name })}
            onClick={() => void ask('attendance.check_out', { person: person.id }, {
              text: t('done.left', { name }),
              label: t('action.undo'),
              run: () => void mark(person, remote),
            })}>
            {t('attendance.leave')}
          </Button>
        ) : presence !== 'excused' && (
          <Button size="small" tone="quiet" disabled={!open} label={t('attendance.excuse_name', { name })} onClick={() => onExcuse(person.id)}>
            {t('attendance.excuse')}
          </Button>
        )}
      </div>
    </div>
  );
});

const ExcuseDialog = ({ person, onClose }: { person: string; onClose: () => void }) => {
  const [note, setNote] = useState('');
  const excuse = () => {
    onClose();
    void ask('attendance.excuse', { person, note: note.trim() });
  };
  return (
    <Dialog title={t('attendance.excuse_title', { name: nameOf(person) })} onClose={onClose} actions={
      <>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button tone="primary" onClick={excuse}>{t('attendance.excuse')}</Button>
      </>
    }>
      <form onSubmit={(e) => { e.preventDefault(); excuse(); }}>
        <label class="field">
          <span>{t('deny.reason')}</span>
          <input class="input" maxLength={300} value={note} autofocus onInput={(e) => setNote(e.currentTarget.value)} />
        </label>
      </form>
    </Dialog>
  );
};
