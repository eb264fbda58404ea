// The council's IT: the procedure in use, why it decided as it did, putting a new one in use, and trying
// it on written sittings first.

import '../../style/staff.css';
import { useState } from 'preact/hooks';
import type { KhEvent, Procedure, Snapshot } from '../../api/types';
import { ask, link, showError, state, toast } from '../../state/store';
import { t } from '../../text/i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { EventLog } from '../../ui/log';
import { usePoll } from '../../ui/poll';
import { Rehearsal } from './rehearsal';
import { Rules } from './rules';
import { readTrace, TracePanel } from './trace';

const TRACE_MS = 2_000;

const isAboutProcedure = (event: KhEvent): boolean =>
  event.type === 'procedure.failed' || event.type === 'procedure.changed';

const ItPage = () => {
  const current = state.value as Snapshot;
  usePoll(readTrace, TRACE_MS);
  return (
    <main id="main" class="page staff it" tabIndex={-1}>
      <h1 class="visually-hidden">{t('page.it')}</h1>
      <div class="staff-main">
        <TracePanel />
        <Rehearsal inUse={current.procedure.kinds ? current.procedure.name : ''} />
      </div>
      <div class="staff-side">
        <InUse procedure={current.procedure} />
        <section class="panel" aria-labelledby="failed-title">
          <header class="panel-head"><h2 id="failed-title">{t('it.failed')}</h2></header>
          <EventLog title={t('it.failed')} empty={t('it.no_failed')} only={isAboutProcedure} />
        </section>
        <Rules procedure={current.procedure} />
      </div>
    </main>
  );
};

export default ItPage;

const reload = async (): Promise<void> => {
  const started = performance.now();
  try {
    const answer = await link.call<{ name: string }>('procedure.reload');
    toast({ tone: 'good', text: t('it.reloaded', { name: answer.name, ms: Math.round(performance.now() - started) }) });
  } catch (error) {
    showError(error);
  }
};

const InUse = ({ procedure }: { procedure: Procedure }) => {
  const [choosing, setChoosing] = useState(false);
  return (
    <section class="panel" aria-labelledby="use-title">
      <header class="panel-head">
        <h2 id="use-title">{t('it.in_use')}</h2>
        {procedure.kinds === undefined && <span class="tag warn"><Icon name="warn" />{t('it.neutral')}</span>}
      </header>
      <p class="in-use">{procedure.name}{procedure.version && <small> {t('it.version', { version: procedure.version })}</small>}</p>
      <div class="button-row">
        <Button icon="undo" tone="primary" onClick={() => void reload()}>{t('it.reload')}</Button>
        <Button onClick={() => setChoosing(true)}>{t('it.use_other')}</Button>
      </div>
      {choosing && <UseDialog now={procedure.name} onClose={() => setChoosing(false)} />}
    </section>
  );
};

const UseDialog = ({ now, onClose }: { now: string; onClose: () => void }) => {
  const [name, setName] = useState(now);
  const use = async () => {
    if (name.trim() && (await ask('procedure.use', { name: name.trim() }))) onClose();
  };
  return (
    <Dialog title={t('it.use_other')} onClose={onClose} actions={
      <>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button tone="primary" disabled={!name.trim()} onClick={() => void use()}>{t('it.use')}</Button>
      </>
    }>
      <form onSubmit={(e) => { e.preventDefault(); void use(); }}>
        <label class="field">
          <span>{t('it.folder')}</span>
          <input class="input" spellcheck={false} autocapitalize="off" value={name} onInput={(e) => setName(e.currentTarget.value)} />
        </label>
      </form>
      <p class="dim">{t('it.use_words')}</p>
    </Dialog>
  );
};
