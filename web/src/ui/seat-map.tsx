// The hall from above: a half circle of rows, drawn from the roster's seats ("B12": row B, place 12).

import { memo } from './memo';
import type { Person, Vote } from '../api/types';
import { t, tr } from '../text/i18n';

interface Place {
  person: Person;
  x: number;
  y: number;
  /** Degrees, so that each seat looks at the chair */
  turn: number;
}

const seatOf = (seat: string): { row: string; place: number } | null => {
  const found = /^\s*([^\d\s-]*)[\s-]*(\d+)\s*$/.exec(seat);
  return found ? { row: found[1] ?? '', place: Number(found[2]) } : null;
};

const byPlace = (a: Person, b: Person): number =>
  (seatOf(a.seat)?.place ?? 0) - (seatOf(b.seat)?.place ?? 0);

/** Rows from the front; persons without a seat fill rows of their own behind. */
const rowsOf = (persons: Person[]): Person[][] => {
  const rows = new Map<string, Person[]>();
  const loose: Person[] = [];
  for (const person of persons) {
    const seat = seatOf(person.seat);
    if (!seat) loose.push(person);
    else rows.set(seat.row, [...(rows.get(seat.row) ?? []), person]);
  }
  const named = [...rows.entries()].sort(([a], [b]) => a.localeCompare(b)).map(([, row]) => row.sort(byPlace));
  const perRow = Math.max(12, ...named.map((row) => row.length));
  for (let i = 0; i < loose.length; i += perRow) named.push(loose.slice(i, i + perRow));
  return named;
};

const INNER = 30;
const STEP = 13;
const ROOM = 10.2; // from seat to seat

/** The front row's radius, so that no row is crowded. */
const innerOf = (rows: Person[][]): number =>
  Math.max(INNER, ...rows.map((row, r) => (row.length * ROOM) / Math.PI - r * STEP));

const layout = (persons: Person[]): { places: Place[]; radius: number } => {
  const rows = rowsOf(persons);
  const inner = innerOf(rows);
  const places = rows.flatMap((row, r) => {
    const radius = inner + r * STEP;
    return row.map((person, i) => {
      const angle = Math.PI * (1 - (i + 0.5) / row.length);
      return { person, x: Math.cos(angle) * radius, y: -Math.sin(angle) * radius, turn: 90 - (angle * 180) / Math.PI };
    });
  });
  return { places, radius: inner + Math.max(0, rows.length - 1) * STEP };
};

const standOf = (vote: Vote | undefined, id: string): string | null => {
  const choice = vote?.names?.[id];
  if (typeof choice !== 'string') return null;
  return vote?.ballot.options.find((o) => o.id === choice)?.as ?? 'other';
};

const classOf = (person: Person, vote: Vote | undefined): string => {
  if (vote?.names) return `seat vote-${standOf(vote, person.id) ?? 'none'}`;
  // While a vote runs the seats tell who is here, and nothing that could be taken for a choice.
  const mic = person.mic === 'off' || vote ? '' : ` mic-${person.mic}`;
  return `seat ${person.presence}${person.remote ? ' remote' : ''}${mic}`;
};

const Seat = memo(({ x, y, turn, name, look }: { x: number; y: number; turn: number; name: string; look: string }) => (
  <g class={look} transform={`translate(${x.toFixed(2)} ${y.toFixed(2)})`}>
    <title>{name}</title>
    <rect x="-4" y="-4" width="8" height="8" rx="2.4" transform={`rotate(${turn.toFixed(1)})`} />
    {/* Not by colour alone. */}
    {look.includes('vote-against') && <path class="seat-mark" d="M-2 -2 2 2M2 -2-2 2" />}
    {look.includes('vote-for') && <path class="seat-mark" d="M-2.2 .2-.6 1.8 2.3-1.6" />}
    {look.includes('vote-abstain') && <path class="seat-mark" d="M-2.2 0h4.4" />}
    {look.includes('mic-live') && <circle r="5.8" class="seat-live" />}
  </g>
));

/** `vote` colours the seats by choice where its names are public; else presence and microphones show. */
export const SeatMap = ({ persons, vote }: { persons: Person[]; vote?: Vote }) => {
  const seated = persons.filter((p) => p.roles.includes('delegate'));
  if (seated.length === 0) return null;
  const { places, radius } = layout(seated);
  const edge = radius + 8;
  const present = seated.filter((p) => p.presence === 'present').length;
  const named = vote?.names ? vote : undefined;
  return (
    <figure class="seat-map">
      <svg viewBox={`${-edge} ${-edge} ${2 * edge} ${edge + 8}`} role="img"
        aria-label={t('seats.label', { present, total: seated.length })}>
        {places.map(({ person, x, y, turn }) => (
          <Seat key={person.id} x={x} y={y} turn={turn} name={person.name} look={classOf(person, vote)} />
        ))}
      </svg>
      <figcaption class="legend">
        {named
          ? named.ballot.options.map((o) => (
              <span key={o.id}><i class={`key vote-${o.as}`} />{tr(o)}</span>
            )).concat(<span key="none"><i class="key absent" />{t('vote.did_not_vote')}</span>)
          : (
            <>
              <span><i class="key present" />{t('presence.present')}</span>
              <span><i class="key remote" />{t('presence.remote')}</span>
              <span><i class="key absent" />{t('presence.absent')}</span>
              {!vote && seated.some((p) => p.mic === 'live') && <span><i class="key live" />{t('mic.live')}</span>}
              {!vote && seated.some((p) => p.mic === 'muted') && <span><i class="key muted" />{t('mic.muted')}</span>}
            </>
          )}
      </figcaption>
    </figure>
  );
};
