import { describe, expect, it } from 'vitest';
import { codeOf, isSameText, seedOf } from '../src/box/code';
import { BoxError } from '../src/box/group';
import { seeded } from './box-side';

const failure = (typed: string): BoxError => {
  try {
    seedOf(typed);
  } catch (error) {
    return error as BoxError;
  }
  throw new Error(`${typed} was taken`);
};

describe('a recovery code', () => {
  const seed = seeded('code')(32);
  const code = codeOf(seed);

  it('is 13 groups of four', () => expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4} ){12}[0-9A-HJKMNP-TV-Z]{4}$/));

  it('holds the seed, first bit first', () => {
    expect(codeOf(Uint8Array.from({ length: 32 }, () => 0xff))).toBe(`${'ZZZZ '.repeat(12)}ZZZG`);
    expect(codeOf(Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 0x08 : 0)))).toBe(`1000${' 0000'.repeat(12)}`);
    expect(seedOf(code)).toEqual(seed);
    const random = seeded('many');
    for (let i = 0; i < 200; i++) {
      const one = random(32);
      expect(seedOf(codeOf(one))).toEqual(one);
    }
  });

  it('may be typed in small letters, without spaces, and with letters that look like digits', () => {
    expect(seedOf(code.toLowerCase().replace(/ /g, ''))).toEqual(seed);
    expect(seedOf(code.replace(/ /g, '-').replace(/0/g, 'o').replace(/1/g, 'l'))).toEqual(seed);
  });

  it('says which group holds a letter that cannot be', () => {
    const groups = code.split(' ');
    groups[4] = 'AUAA';
    expect(failure(groups.join(' '))).toMatchObject({ code: 'code_letter', message: 'U', at: 5 });
  });

  it('says how many characters are missing or too many', () => {
    expect(failure(code.slice(0, -2))).toMatchObject({ code: 'code_short', at: 2 });
    expect(failure(`${code} 00`)).toMatchObject({ code: 'code_long', at: 2 });
    expect(failure('')).toMatchObject({ code: 'code_short', at: 52 });
  });

  it('does not take a last character that no code ends with', () =>
    expect(failure(`${'0000 '.repeat(12)}0001`)).toMatchObject({ code: 'code_end', at: 13 }));

  it('knows a group again however it was typed', () => {
    expect(isSameText('o1-ab', '01AB')).toBe(true);
    expect(isSameText('01AC', '01AB')).toBe(false);
  });
});
