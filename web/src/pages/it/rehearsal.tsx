// A sitting on trial: a written one, or what really happened, against a procedure, before it is in use.

import { useEffect, useState } from 'preact/hooks';
import { link, reasonWords, showError } from '../../state/store';
import { RpcError } from '../../api/link';
import { t } from '../../text/i18n';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';

interface Written {
  name: string;
  bytes: number;
  text?: string;
}

interface Outcome {
  procedure: string;
  result: 'same' | 'differs' | 'invalid' | 'too_long';
  report: string;
  line?: number;
  lines: number;
  events: number;
  virtual_ms: number;
  real_ms: number;
}

const MAX_BYTES = 60_000; // a message holds 64 KiB

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** "1:02:03" of the sitting's own time */
const virtualTime = (ms: number): string => {
  const seconds = Math.floor(ms / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
};

const useSittings = (procedure: string): Written[] | null => {
  const [sittings, setSittings] = useState<Written[] | null>(null);
  useEffect(() => {
    let gone = false;
    setSittings(null);
    link.call<{ sittings: Written[] }>('procedure.sittings', procedure ? { procedure } : {}).then(
      (answer) => !gone && setSittings(answer.sittings),
      () => !gone && setSittings([]),
    );
    return () => {
      gone = true;
    };
  }, [procedure]);
  return sittings;
};

export const Rehearsal = ({ inUse }: { inUse: string }) => {
  const [procedure, setProcedure] = useState(inUse);
  const [asked, setAsked] = useState(inUse);
  const [chosen, setChosen] = useState('');
  const [text, setText] = useState('');
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [trouble, setTrouble] = useState('');
  const [working, setWorking] = useState(false);
  const sittings = useSittings(asked);
  const tooLong = bytesOf(text) > MAX_BYTES;

  const put = (next: string) => {
    setText(next);
    setOutcome(null);
    setTrouble('');
  };
  const choose = (name: string) => {
    setChosen(name);
    const written = sittings?.find((s) => s.name === name);
    put(written?.text ?? '');
    if (written && written.text === undefined) setTrouble(t('rehearse.too_long'));
  };
  const during = async (work: () => Promise<void>) => {
    if (working) return;
    setWorking(true);
    setOutcome(null);
    setTrouble('');
    try {
      await work();
    } catch (error) {
      const detail = error instanceof RpcError ? (error.data as { detail?: string } | undefined)?.detail : undefined;
      const words = error instanceof RpcError ? reasonWords(error.data) || detail || '' : '';
      if (words) setTrouble(words);
      else showError(error);
    } finally {
      setWorking(false);
    }
  };
  const run = () => during(async () => {
    setOutcome(await link.call<Outcome>('procedure.rehearse', { sitting: text, ...(asked ? { procedure: asked } : {}) }));
  });
  const record = () => during(async () => {
    const answer = await link.call<{ session: number; sitting: number; text: string }>('procedure.record');
    setChosen('');
    put(answer.text);
  });

  return (
    <section class="panel rehearsal" aria-labelledby="rehearsal-title">
      <header class="panel-head"><h2 id="rehearsal-title">{t('rehearse.title')}</h2></header>
      <p class="dim">{t('rehearse.words')}</p>
      <div class="rehearsal-tools">
        <label class="field">
          <span>{t('it.folder')}</span>
          <input class="input" spellcheck={false} autocapitalize="off" value={procedure}
            onInput={(e) => setProcedure(e.currentTarget.value)}
            onChange={() => { setAsked(procedure.trim()); setChosen(''); }} />
        </label>
        <label class="field">
          <span>{t('rehearse.written')}</span>
          <select class="input" value={chosen} onChange={(e) => choose(e.currentTarget.value)}>
            <option value="">{sittings === null ? t('loading') : t('rehearse.choose', { n: sittings.length })}</option>
            {sittings?.map((s) => <option key={s.name} value={s.name}>{s.name}</option>)}
          </select>
        </label>
        <Button icon="record" disabled={working} onClick={() => void record()}>{t('rehearse.record')}</Button>
      </div>
      <label class="field">
        <span>{t('rehearse.text')}</span>
        <Sitting text={text} line={outcome?.line} onText={put} />
      </label>
      <div class="button-row">
        <Button tone="primary" icon="play" busy={working} disabled={text.trim() === '' || tooLong} onClick={() => void run()}>
          {t(working ? 'rehearse.running' : 'rehearse.run')}
        </Button>
        {tooLong && <p class="warn-words">{t('rehearse.too_long')}</p>}
      </div>
      <div role="status">
        {trouble && <p class="warn-words">{trouble}</p>}
        {outcome && <Verdict outcome={outcome} />}
      </div>
    </section>
  );
};

/** The text with the line of the first difference brought to the eye. */
const Sitting = ({ text, line, onText }: { text: string; line?: number; onText: (text: string) => void }) => {
  const [area, setArea] = useState<HTMLTextAreaElement | null>(null);
  useEffect(() => {
    if (!area || !line) return;
    const lines = text.split('\n');
    const start = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0);
    area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    area.scrollTop = (area.scrollHeight / lines.length) * Math.max(0, line - 4);
  }, [line, area]);
  return (
    <textarea ref={setArea} class="input sitting-text" rows={14} spellcheck={false} autocapitalize="off" wrap="off"
      value={text} onInput={(e) => onText(e.currentTarget.value)} />
  );
};

const Verdict = ({ outcome }: { outcome: Outcome }) => {
  const same = outcome.result === 'same';
  return (
    <div class="verdict">
      <p class={same ? 'outcome good' : 'outcome bad'}>
        <Icon name={same ? 'check' : 'cross'} />
        {t(`rehearse.${outcome.result}`)}{outcome.line !== undefined && !same && ` · ${t('rehearse.line', { n: outcome.line })}`}
      </p>
      <p class="dim">
        {t('rehearse.figures', { lines: outcome.lines, events: outcome.events, time: virtualTime(outcome.virtual_ms), ms: outcome.real_ms })}
      </p>
      {!same && outcome.report.trim() !== '' && <pre class="report" tabIndex={0} aria-label={t('rehearse.report')}>{outcome.report.trim()}</pre>}
    </div>
  );
};
