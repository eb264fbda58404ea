// A seed as people write it down: 52 characters of Crockford's base32 in groups of four.

import { BoxError, type Bytes } from './group';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SEED_BYTES = 32;
const CODE_LENGTH = 52;
const GROUP = 4;
/** 52 characters hold 260 bits: the last four are zero. */
const SPARE_BITS = 4;

export const codeOf = (seed: Bytes): string => {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of seed) {
    value = (value << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET.charAt((value >> (bits - 5)) & 31);
    value &= 31;
  }
  return groupsOf(text + ALPHABET.charAt((value << (5 - bits)) & 31)).join(' ');
};

export const groupsOf = (text: string): string[] => text.replace(/[\s-]/g, '').match(/.{1,4}/g) ?? [];

/** As it is read: letters that look like digits are these. */
const plain = (typed: string): string =>
  typed.toUpperCase().replace(/[\s\-–.]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');

/** Is this what stands on the paper? For the check that it was written down. */
export const isSameText = (typed: string, wanted: string): boolean => plain(typed) === plain(wanted);

/** The seed of a code as somebody typed it. A BoxError says in which group (`at`, from 1) it is wrong. */
export const seedOf = (typed: string): Bytes => {
  const text = plain(typed);
  const odd = Array.from(text).findIndex((c) => !ALPHABET.includes(c));
  if (odd >= 0) throw new BoxError('code_letter', text.charAt(odd), Math.floor(odd / GROUP) + 1);
  if (text.length < CODE_LENGTH) throw new BoxError('code_short', 'code_short', CODE_LENGTH - text.length);
  if (text.length > CODE_LENGTH) throw new BoxError('code_long', 'code_long', text.length - CODE_LENGTH);
  const seed = new Uint8Array(SEED_BYTES);
  let bits = 0;
  let value = 0;
  let at = 0;
  for (const c of text) {
    value = (value << 5) | ALPHABET.indexOf(c);
    bits += 5;
    if (bits >= 8 && at < SEED_BYTES) {
      bits -= 8;
      seed[at++] = value >> bits;
      value &= (1 << bits) - 1;
    }
  }
  if (bits !== SPARE_BITS || value !== 0) throw new BoxError('code_end', 'code_end', CODE_LENGTH / GROUP);
  return seed;
};
