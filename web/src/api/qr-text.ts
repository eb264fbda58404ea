// What a scanned code says: one of our login codes, or something else.

const CODE = /^[0-9A-Za-z]{8,40}$/;

export type Scanned = { code: string } | { trouble: 'other_site' | 'not_ours' };

/** `origin`: of this page. A card of another council's server would be refused there as a wrong code. */
export const readScan = (text: string, origin: string): Scanned => {
  const trimmed = text.trim();
  let url: URL | null = null;
  try {
    url = new URL(trimmed);
  } catch {
    const bare = trimmed.replace(/[\s-]/g, '');
    return CODE.test(bare) ? { code: bare } : { trouble: 'not_ours' };
  }
  const found = /^#login=([^&]+)$/.exec(url.hash)?.[1];
  if (!found) return { trouble: 'not_ours' };
  if (url.origin !== origin) return { trouble: 'other_site' };
  return { code: decodeURIComponent(found).replace(/[\s-]/g, '') };
};
