// The papers of an item, as the server lists them under /documents/ITEM/.

import { useEffect, useState } from 'preact/hooks';
import type { AgendaItem } from '../api/types';
import { t, tr } from '../text/i18n';
import { Button } from './button';
import { Icon } from './icon';

interface Paper {
  name: string;
  path: string;
  bytes?: number;
  /** For the council only */
  closed?: boolean;
}

type Read = { papers: Paper[] } | 'reading' | 'failed';

/** "1,2 MB" */
export const sizeWords = (bytes: number | undefined): string =>
  bytes === undefined ? '' : bytes >= 1_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${Math.max(1, Math.ceil(bytes / 1_000))} kB`;

/** Without the folder's numbering and the ending: "03_bao-cao.pdf" keeps its name, only the ending is told apart. */
const endingOf = (name: string): string => (/\.([a-z0-9]{1,5})$/i.exec(name)?.[1] ?? '').toUpperCase();
const titleOf = (name: string): string => name.replace(/\.[a-z0-9]{1,5}$/i, '');

const fetchPapers = async (item: string): Promise<Paper[]> => {
  const answer = await fetch(`/documents/${encodeURIComponent(item)}/`, { headers: { Accept: 'application/json' } });
  if (answer.status === 404 || answer.status === 403) return [];
  if (!answer.ok) throw new Error(String(answer.status));
  const list: unknown = answer.headers.get('content-type')?.includes('json') ? await answer.json() : [];
  return Array.isArray(list) ? (list as Paper[]) : [];
};

const usePapers = (item: string): { read: Read; again: () => void } => {
  const [read, setRead] = useState<Read>('reading');
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let gone = false;
    setRead('reading');
    fetchPapers(item).then(
      (papers) => !gone && setRead({ papers }),
      () => !gone && setRead('failed'),
    );
    return () => {
      gone = true;
    };
  }, [item, turn]);
  return { read, again: () => setTurn(turn + 1) };
};

/** `empty`: said when there are none; otherwise nothing is shown. */
export const Documents = ({ item, empty }: { item: string; empty?: boolean }) => {
  const { read, again } = usePapers(item);
  if (read === 'reading') return empty ? <p class="dim" role="status">{t('loading')}</p> : null;
  if (read === 'failed')
    return (
      <p class="dim documents-failed">
        {t('documents.failed')} <Button size="small" onClick={again}>{t('action.try_again')}</Button>
      </p>
    );
  if (read.papers.length === 0) return empty ? <p class="dim">{t('documents.none')}</p> : null;
  return (
    <ul class="documents" aria-label={t('documents.title')}>
      {read.papers.map((p) => (
        <li key={p.path}>
          <a href={p.path} target="_blank" rel="noopener">
            <Icon name={p.closed ? 'lock' : 'doc'} />
            <span class="document-name">
              {titleOf(p.name)}
              <small>{[endingOf(p.name), sizeWords(p.bytes), p.closed ? t('documents.closed') : ''].filter(Boolean).join(' · ')}</small>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
};

/** The papers of the other items, read when one is opened. */
export const OtherDocuments = ({ agenda, current }: { agenda: AgendaItem[]; current: string | null }) => {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const others = agenda.filter((item) => item.id !== current);
  if (others.length === 0) return null;
  return (
    <details class="panel other-documents">
      <summary><span class="panel-title">{t(current ? 'documents.others' : 'documents.agenda')}</span></summary>
      <ul>
        {others.map((item) => (
          <li key={item.id}>
            <details onToggle={(e) => e.currentTarget.open && setOpen(new Set([...open, item.id]))}>
              <summary>
                <span>{tr(item.title)}</span>
                {item.state === 'done' && <small>{t('item.done')}</small>}
              </summary>
              {open.has(item.id) && <Documents item={item.id} empty />}
            </details>
          </li>
        ))}
      </ul>
    </details>
  );
};
