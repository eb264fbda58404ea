// Who waits: lane by lane in the order of calling, with the reason for that order.

import { useState } from 'preact/hooks';
import type { Snapshot, Waiting } from '../../api/types';
import { ask, kindName, laneName, nameOf, personOf } from '../../state/store';
import { clockTime, spell } from '../../text/format';
import { t, tr } from '../../text/i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { hotkeysOn, isOurs, keyName } from '../../ui/hotkeys';
import { Icon } from '../../ui/icon';
import { callNext, move, toggleList } from './index';
import { drop, step } from './order';

interface LaneGroup {
  /** null: those that wait for consent or supporters */
  lane: string | null;
  rows: Waiting[];
}

/** Lanes in the order of calling; the queue itself comes sorted from the server. */
const byLane = (queue: Waiting[]): LaneGroup[] => {
  const groups: LaneGroup[] = [];
  for (const row of queue) {
    const lane = row.state === 'pending' ? null : row.lane;
    const group = groups.find((g) => g.lane === lane);
    if (group) group.rows.push(row);
    else groups.push({ lane, rows: [row] });
  }
  return groups;
};

export const QueuePanel = ({ state }: { state: Snapshot }) => {
  const [denying, setDenying] = useState<Waiting | null>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const { queue, list_closed } = state.floor;
  const sitting = state.phase === 'sitting';
  return (
    <section class="panel queue" aria-labelledby="queue-title">
      <header class="panel-head">
        <h2 id="queue-title" tabIndex={-1}>
          {t('chair.waiting')} <span class="count">{queue.length}</span>
        </h2>
        <div class="panel-tools">
          {list_closed && <span class="tag warn"><Icon name="lock" />{t('chair.list_closed')}</span>}
          <Button size="small" disabled={!sitting} onClick={() => void toggleList(list_closed)}>
            {t(list_closed ? 'action.open_list' : 'action.close_list')}
          </Button>
        </div>
      </header>
      <div class="queue-scroll">
        {queue.length === 0 && <p class="empty">{t('chair.nobody_waits')}</p>}
        {byLane(queue).map((group) => (
          <div key={group.lane ?? ''} class="lane">
            <div class="lane-head">
              <h3>
                {group.lane === null ? t('chair.pending_group') : laneName(group.lane)}{' '}
                <span class="count">{group.rows.length}</span>
              </h3>
              {group.lane !== null && <NextInLane lane={group.lane} sitting={sitting} />}
            </div>
            <ol class="queue-list">
              {group.rows.map((row) => (
                <QueueRow key={row.request} row={row} place={queue.indexOf(row) + 1} queue={queue}
                  sitting={sitting} dragged={dragged} onDrag={setDragged} onDeny={() => setDenying(row)} />
              ))}
            </ol>
          </div>
        ))}
        {queue.length > 1 && (
          <p class="order-note">
            <Icon name="info" />
            {tr(state.procedure.order, t('chair.order'))}
            {state.procedure.order?.rule && <span class="rule">{t('rule', { rule: state.procedure.order.rule })}</span>}
          </p>
        )}
      </div>
      {denying && <DenyDialog row={denying} onClose={() => setDenying(null)} />}
    </section>
  );
};

const NextInLane = ({ lane, sitting }: { lane: string; sitting: boolean }) => (
  <Button size="small" tone="quiet" icon="next" disabled={!sitting}
    label={t('action.call_next_lane', { lane: laneName(lane) })} onClick={() => void callNext(lane)}>
    {t('action.call_next')}
  </Button>
);

interface RowProps {
  row: Waiting;
  place: number;
  queue: Waiting[];
  sitting: boolean;
  dragged: number | null;
  onDrag: (request: number | null) => void;
  onDeny: () => void;
}

const why = (row: Waiting): string =>
  row.priority > 0
    ? t('chair.why_priority', { time: clockTime(row.asked_at) })
    : t('chair.why_first', { time: clockTime(row.asked_at) });

const QueueRow = ({ row, place, queue, sitting, dragged, onDrag, onDeny }: RowProps) => {
  const [over, setOver] = useState(false);
  const name = nameOf(row.person);
  const person = personOf(row.person);
  const about = [person?.title, person?.group].filter(Boolean).join(' · ');
  const pending = row.state === 'pending';
  const shift = (by: -1 | 1) => {
    const one = step(queue, row.request, by);
    if (one) void move(queue, one);
  };
  const grant = () => void ask('floor.grant', { request: row.request });

  const onKey = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || !isOurs(event)) return;
    const rows = [...document.querySelectorAll<HTMLElement>('[data-queue-row]')];
    const at = rows.indexOf(event.currentTarget as HTMLElement);
    const keys: Record<string, () => void> = {
      ArrowDown: () => rows[at + 1]?.focus(),
      ArrowUp: () => rows[at - 1]?.focus(),
      Enter: () => sitting && grant(),
      G: () => sitting && grant(),
      D: onDeny,
      'Alt+ArrowUp': () => shift(-1),
      'Alt+ArrowDown': () => shift(1),
    };
    const name = keyName(event);
    const run = keys[name];
    if (!run || (/^[A-Z]$/.test(name) && !hotkeysOn.value)) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };

  return (
    <li
      class={`queue-row${over ? ' drop-here' : ''}${dragged === row.request ? ' dragged' : ''}${pending ? ' pending' : ''}`}
      data-queue-row={row.request}
      tabIndex={0}
      aria-label={t('chair.row', { place, name, kind: kindName(row.kind) })}
      onKeyDown={onKey}
      onDragOver={(e) => {
        if (dragged === null || dragged === row.request) return;
        e.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault();
        setOver(false);
        const one = dragged === null ? null : drop(queue, dragged, row.request);
        if (one) void move(queue, one);
      }}
    >
      <span
        class="grip" draggable={!pending} title={t('action.drag')} aria-hidden="true"
        onDragStart={(e) => {
          e.dataTransfer?.setData('text/plain', String(row.request));
          onDrag(row.request);
        }}
        onDragEnd={() => onDrag(null)}
      >
        <Icon name="grip" />
      </span>
      <span class="place">{pending ? '…' : place}</span>
      <div class="queue-who">
        <span class="person-name">{name}</span>
        <span class="queue-what">
          {about && <span class="person-about">{about}</span>}
          {kindName(row.kind) !== laneName(row.lane) && <span class="tag">{kindName(row.kind)}</span>}
          {row.target && <span class="tag fit">→ {nameOf(row.target)}</span>}
          {row.limit_ms ? <span class="tag">{spell(row.limit_ms)}</span> : null}
          {pending && <span class="tag warn">{t('chair.pending')}</span>}
          {row.supporters > 0 && <span class="tag">{t('chair.supporters', { n: row.supporters })}</span>}
          <span class="why">{why(row)}</span>
        </span>
        {row.note && <span class="queue-note">“{row.note}”</span>}
      </div>
      <div class="queue-tools">
        <Button iconOnly size="small" tone="quiet" icon="up" label={t('action.up_name', { name })} disabled={!step(queue, row.request, -1)} onClick={() => shift(-1)} />
        <Button iconOnly size="small" tone="quiet" icon="down" label={t('action.down_name', { name })} disabled={!step(queue, row.request, 1)} onClick={() => shift(1)} />
        <Button size="small" tone="quiet" icon="cross" label={t('action.deny_name', { name })} onClick={onDeny}>
          {t('action.deny')}
        </Button>
        <Button size="small" tone="good" icon="mic" disabled={!sitting} label={t('action.grant_name', { name })} onClick={grant}>
          {t('action.grant')}
        </Button>
      </div>
    </li>
  );
};

const DenyDialog = ({ row, onClose }: { row: Waiting; onClose: () => void }) => {
  const [note, setNote] = useState('');
  const deny = async () => {
    onClose();
    await ask('floor.deny', note.trim() ? { request: row.request, note: note.trim() } : { request: row.request });
  };
  return (
    <Dialog
      title={t('deny.title', { name: nameOf(row.person) })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button tone="danger" icon="cross" onClick={() => void deny()}>{t('action.deny')}</Button>
        </>
      }
    >
      <form onSubmit={(e) => { e.preventDefault(); void deny(); }}>
        <label class="field">
          <span>{t('deny.reason')}</span>
          <input class="input" maxLength={300} value={note} autofocus onInput={(e) => setNote(e.currentTarget.value)} />
        </label>
      </form>
    </Dialog>
  );
};
