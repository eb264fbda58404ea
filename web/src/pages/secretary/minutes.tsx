// The minutes as they grow: what the server would print now, and the files to keep.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Snapshot } from '../../api/types';
import { link, onEvent } from '../../state/store';
import { clockSeconds } from '../../text/format';
import { lang, t } from '../../text/i18n';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';

const FORMATS = ['html', 'csv', 'json', 'akn'] as const;
const QUIET_MS = 1_500; // after an event, before they are read again
const AT_LEAST_MS = 5_000; // between two readings: each reads the whole journal

interface Answer {
  minutes: string;
  final: boolean;
  journal: { seq: number };
}

const zone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

const pathOf = (state: Snapshot): string | null =>
  state.session ? `/minutes/${encodeURIComponent(state.council.id)}/${state.session.number}` : null;

const STYLE = /<style[^>]*>([^]*?)<\/style>/g;

/** The print's own sheet. The policy forbids style elements, in parsed documents too. */
const sheetOf = (html: string): CSSStyleSheet => {
  const sheet = new CSSStyleSheet();
  const text = [...html.matchAll(STYLE)].map((found) => found[1]).join('\n');
  sheet.replaceSync(`:host{display:block;background:#fff;color-scheme:light}\n${text.replace(/(^|[\s}{,])body\b/g, '$1.body')}`);
  return sheet;
};

/** Only what differs is put in place, so that nothing flickers and the reader's place stays. */
export const patch = (shown: Element, next: Element): void => {
  const old = [...shown.childNodes];
  const fresh = [...next.childNodes];
  fresh.forEach((node, i) => {
    const was = old[i];
    if (!was) shown.append(document.importNode(node, true));
    else if (!was.isEqualNode(node)) {
      if (was instanceof Element && node instanceof Element && was.cloneNode(false).isEqualNode(node.cloneNode(false))) patch(was, node);
      else was.replaceWith(document.importNode(node, true));
    }
  });
  old.slice(fresh.length).forEach((node) => node.remove());
};

const show = (host: HTMLElement, html: string): void => {
  const doc = new DOMParser().parseFromString(html.replace(STYLE, ''), 'text/html'); // runs and fetches nothing
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  if (!root.firstElementChild) {
    root.adoptedStyleSheets = [sheetOf(html)];
    const body = document.createElement('div');
    body.className = 'body';
    root.append(body);
  }
  patch(root.firstElementChild as Element, doc.body);
};

type Trouble = 'too_long' | 'failed' | null;

/** Reads the minutes now and after each change, not more often than AT_LEAST_MS. */
const useMinutes = (session: number | undefined) => {
  const host = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState<number | null>(null);
  const [final, setFinal] = useState(false);
  const [trouble, setTrouble] = useState<Trouble>(null);
  const [turn, again] = useState(0);
  const language = lang.value;

  useEffect(() => {
    if (session === undefined) return;
    let gone = false;
    let last = 0;
    let timer = 0;
    const read = async (): Promise<void> => {
      last = Date.now();
      try {
        const answer = await link.call<Answer>('minutes.get', { session, format: 'html', lang: language, tz: zone() });
        if (gone || !host.current) return;
        show(host.current, answer.minutes);
        setFinal(answer.final);
        setTrouble(null);
        setAt(Date.now());
      } catch (error) {
        const detail = (error as { data?: { detail?: string } }).data?.detail ?? '';
        if (!gone) setTrouble(detail.includes('too long') ? 'too_long' : 'failed');
      }
    };
    const soon = (): void => {
      clearTimeout(timer);
      timer = window.setTimeout(() => void read(), Math.max(QUIET_MS, last + AT_LEAST_MS - Date.now()));
    };
    void read();
    const stop = onEvent(soon);
    return () => {
      gone = true;
      stop();
      clearTimeout(timer);
    };
  }, [session, language, turn]);
  return { host, at, final, trouble, again: () => again(turn + 1) };
};

export const Minutes = ({ state }: { state: Snapshot }) => {
  const { host, at, final, trouble, again } = useMinutes(state.session?.number);
  const path = pathOf(state);
  return (
    <section class="panel minutes" aria-labelledby="minutes-title">
      <header class="panel-head">
        <h2 id="minutes-title">
          {t('record.minutes')} {at !== null && !final && <span class="tag warn">{t('minutes.draft')}</span>}
        </h2>
        {path && <MinutesLinks path={path} />}
      </header>
      {!path && <p class="empty">{t('minutes.none')}</p>}
      {path && (
        <p class="dim minutes-at" role="status">
          {trouble === 'too_long' ? t('minutes.too_long')
            : trouble === 'failed' ? t('minutes.failed')
            : at === null ? t('loading') : t('minutes.at', { time: clockSeconds(at) })}
          {trouble === 'failed' && <Button size="small" onClick={again}>{t('action.try_again')}</Button>}
        </p>
      )}
      {path && (
        <div class="minutes-view" tabIndex={0} role="document" aria-labelledby="minutes-title" lang={lang.value}>
          <div ref={host} />
        </div>
      )}
    </section>
  );
};

const MinutesLinks = ({ path }: { path: string }) => (
  <span class="panel-tools">
    <a class="button small" href={`${path}.html`} target="_blank" rel="noopener"><Icon name="doc" /> {t('minutes.print')}</a>
    {FORMATS.map((format) => (
      <a key={format} class="button small" href={`${path}.${format}`} download aria-label={t('minutes.save', { format: format.toUpperCase() })}>
        <Icon name="save" /> {format.toUpperCase()}
      </a>
    ))}
  </span>
);
