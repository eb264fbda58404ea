// The sitting itself: its state, who is there, and what may be done next with it.

import { useState } from 'preact/hooks';
import type { Snapshot } from '../../api/types';
import { ask, inOffice, presentCount } from '../../state/store';
import { clockTime, percent } from '../../text/format';
import { t } from '../../text/i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';

export const SittingPanel = ({ state }: { state: Snapshot }) => {
  const [dialog, setDialog] = useState<'session' | 'close' | null>(null);
  const present = presentCount.value;
  const total = inOffice.value;
  const remote = state.persons.filter((p) => p.presence === 'present' && p.remote).length;
  const excused = state.persons.filter((p) => p.presence === 'excused').length;
  return (
    <section class="panel sitting" aria-labelledby="sitting-title">
      <header class="panel-head">
        <h2 id="sitting-title">{t('chair.sitting')}</h2>
        <span class="only-narrow"><PhaseTag state={state} /></span>
      </header>
      <div class="quorum">
        <p class="quorum-number">{present}<small>/{total}</small></p>
        <div class="quorum-words">
          <p>{t('quorum.present', { share: percent(present, total) })}</p>
          <p class="dim">
            {t('quorum.detail', { remote, excused })}
            {state.sitting && ` · ${t('sitting.since', { time: clockTime(state.sitting.opened_at) })}`}
          </p>
        </div>
        <progress class="progress" max={Math.max(1, total)} value={present} aria-label={t('quorum.label')} />
      </div>
      <div class="button-row">
        {state.phase === 'closed' && (
          <Button tone="primary" icon="play" onClick={() => setDialog('session')}>{t('action.open_session')}</Button>
        )}
        {state.phase === 'break' && (
          <>
            <Button tone="primary" icon="play" onClick={() => void ask('sitting.open')}>{t('action.open_sitting')}</Button>
            <Button icon="lock" onClick={() => void ask('sitting.open', { closed: true })}>{t('action.open_closed')}</Button>
            <Button tone="quiet" onClick={() => void ask('session.close')}>{t('action.close_session')}</Button>
          </>
        )}
        {state.phase === 'sitting' && (
          <Button icon="pause" onClick={() => void suspend()}>{t('action.suspend')}</Button>
        )}
        {state.phase === 'suspended' && (
          <Button tone="primary" icon="play" onClick={() => void ask('sitting.resume')}>{t('action.resume')}</Button>
        )}
        {state.sitting && (
          <Button tone="quiet" icon="lock" onClick={() => void publish(!state.sitting?.closed)}>
            {t(state.sitting.closed ? 'action.make_public' : 'action.make_closed')}
          </Button>
        )}
        {(state.phase === 'sitting' || state.phase === 'suspended') && (
          <Button tone="quiet" icon="stop" onClick={() => setDialog('close')}>{t('action.close_sitting')}</Button>
        )}
      </div>
      {dialog === 'session' && <SessionDialog onClose={() => setDialog(null)} />}
      {dialog === 'close' && <CloseDialog state={state} onClose={() => setDialog(null)} />}
    </section>
  );
};

const suspend = () =>
  ask('sitting.suspend', {}, {
    text: t('done.suspended'),
    label: t('action.resume'),
    run: () => void ask('sitting.resume'),
  });

const publish = (closed: boolean) =>
  ask('sitting.publish', { closed }, {
    text: t(closed ? 'done.closed_door' : 'done.public'),
    label: t('action.undo'),
    run: () => void ask('sitting.publish', { closed: !closed }),
  });

export const PhaseTag = ({ state }: { state: Snapshot }) => (
  <span class={`tag phase ${state.phase}`}>
    {state.sitting?.closed && <Icon name="lock" />}
    {t(`phase.${state.phase}`)}
    {state.sitting && state.phase !== 'break' ? ` · ${t('sitting.number', { n: state.sitting.number })}` : ''}
  </span>
);

const SessionDialog = ({ onClose }: { onClose: () => void }) => {
  const [name, setName] = useState('');
  const open = async () => {
    onClose();
    await ask('session.open', name.trim() ? { name: name.trim() } : {});
  };
  return (
    <Dialog title={t('action.open_session')} onClose={onClose} actions={
      <Button tone="primary" icon="play" onClick={() => void open()}>{t('action.open_session')}</Button>
    }>
      <form onSubmit={(e) => { e.preventDefault(); void open(); }}>
        <label class="field">
          <span>{t('session.name')}</span>
          <input class="input" maxLength={90} value={name} autofocus onInput={(e) => setName(e.currentTarget.value)} />
        </label>
      </form>
    </Dialog>
  );
};

// Closing cannot be taken back: it ends every speech and turns everybody who waits away.
const CloseDialog = ({ state, onClose }: { state: Snapshot; onClose: () => void }) => (
  <Dialog title={t('action.close_sitting')} onClose={onClose} actions={
    <>
      <Button onClick={onClose}>{t('action.cancel')}</Button>
      <Button tone="danger" icon="stop" onClick={() => { onClose(); void ask('sitting.close'); }}>
        {t('action.close_sitting')}
      </Button>
    </>
  }>
    <p>{t('sitting.close_words', { speeches: state.floor.speeches.length, waiting: state.floor.queue.length })}</p>
  </Dialog>
);
