// The papers of an item, as the server lists them under /documents/ITEM/.

import { useEffect, useState } from 'preact/hooks';
import { t } from '../text/i18n';
import { Icon } from './icon';

interface Paper {
  name: string;
  path: string;
  bytes?: number;
}

const size = (bytes: number | undefined): string =>
  bytes === undefined ? '' : bytes > 1_000_000 ? `${(bytes / 1_000_000).toFixed(1)} MB` : `${Math.ceil(bytes / 1_000)} kB`;

export const Documents = ({ item }: { item: string }) => {
  const [papers, setPapers] = useState<Paper[] | null>(null);
  useEffect(() => {
    let gone = false;
    setPapers(null);
    fetch(`/documents/${encodeURIComponent(item)}/`, { headers: { Accept: 'application/json' } })
      .then((r) => (r.ok && r.headers.get('content-type')?.includes('json') ? r.json() : []))
      .then((list: Paper[]) => !gone && setPapers(Array.isArray(list) ? list : []))
      .catch(() => !gone && setPapers([]));
    return () => {
      gone = true;
    };
  }, [item]);
  if (!papers || papers.length === 0) return null;
  return (
    <ul class="documents" aria-label={t('documents.title')}>
      {papers.map((p) => (
        <li key={p.path}>
          <a href={p.path} target="_blank" rel="noopener">
            <Icon name="doc" /> {p.name} <small>{size(p.bytes)}</small>
          </a>
        </li>
      ))}
    </ul>
  );
};
