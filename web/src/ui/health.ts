// What the server says about itself: /healthz and /metrics (Prometheus text).

import { signal } from '@preact/signals';

export interface Health {
  ok: boolean | null;
  words: string;
  metrics: Metric[];
}

export interface Metric {
  name: string;
  labels: string;
  value: number;
}

export const health = signal<Health>({ ok: null, words: '', metrics: [] });

export const parseMetrics = (text: string): Metric[] =>
  text.split('\n').flatMap((line) => {
    const found = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line);
    const value = Number(found?.[3]);
    return found?.[1] && Number.isFinite(value) ? [{ name: found[1], labels: found[2] ?? '', value }] : [];
  });

const read = async (path: string): Promise<{ ok: boolean; text: string } | null> => {
  try {
    const answer = await fetch(path, { cache: 'no-store' });
    return { ok: answer.ok, text: await answer.text() };
  } catch {
    return null;
  }
};

export const readHealth = async (): Promise<void> => {
  const [healthz, metrics] = await Promise.all([read('/healthz'), read('/metrics')]);
  health.value = {
    ok: healthz ? healthz.ok : false,
    words: healthz?.text.trim() ?? '',
    metrics: metrics?.ok ? parseMetrics(metrics.text) : [],
  };
};
