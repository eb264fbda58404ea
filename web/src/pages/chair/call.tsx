// Giving the floor to somebody who has not asked for it.

import { useState } from 'preact/hooks';
import type { Snapshot } from '../../api/types';
import { kinds } from '../../state/store';
import { t, tr } from '../../text/i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { PickPerson } from '../../ui/pick';
import { Refusal, useRefusal } from '../../ui/refusal';

const mayBeCalled = (state: Snapshot) =>
  state.persons.filter(
    (p) =>
      !state.floor.speeches.some((s) => s.person === p.id) &&
      (p.presence === 'present' || !p.roles.includes('delegate')) &&
      p.roles.some((r) => r === 'delegate' || r === 'guest' || r === 'chair'),
  );

export const CallDialog = ({ state, onClose }: { state: Snapshot; onClose: () => void }) => {
  const [person, setPerson] = useState<string | null>(null);
  const [kind, setKind] = useState(kinds.value[0]?.id ?? '');
  const [target, setTarget] = useState<string | null>(null);
  const chosen = kinds.value.find((k) => k.id === kind);
  const ready = person !== null && kind !== '' && (chosen?.target !== 'required' || target !== null);

  const dialog = useRefusal(onClose);
  const call = async () => {
    if (!ready) return;
    await dialog.send('floor.grant', target && chosen?.target !== 'none' ? { person, kind, target } : { person, kind });
  };

  return (
    <Dialog title={t('action.call_other').replace('…', '')} onClose={onClose} wide actions={
      <>
        <Button onClick={onClose}>{t('action.cancel')}</Button>
        <Button tone="good" icon="mic" disabled={!ready} busy={dialog.busy} onClick={() => void call()}>{t('action.grant')}</Button>
      </>
    }>
      <form class="form" onSubmit={(e) => { e.preventDefault(); void call(); }}>
        <PickPerson persons={mayBeCalled(state)} chosen={person} label={t('call.who')} onPick={setPerson} />
        <fieldset class="choices inline">
          <legend>{t('call.kind')}</legend>
          {kinds.value.map((k) => (
            <label key={k.id} class="choice-row">
              <input type="radio" name="call-kind" checked={k.id === kind} onChange={() => setKind(k.id)} />
              <span>{tr(k)}</span>
            </label>
          ))}
        </fieldset>
        {chosen?.target && chosen.target !== 'none' && (
          <PickPerson persons={state.persons.filter((p) => p.id !== person)} chosen={target}
            label={t('call.target')} onPick={setTarget} />
        )}
        <Refusal refused={dialog.refused} />
      </form>
    </Dialog>
  );
};
