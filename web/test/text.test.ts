import { afterEach, describe, expect, it } from 'vitest';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { byGivenName, countdown, elapsed, fold, initials, needed, percent, spell } from '../src/text/format';
import { en } from '../src/text/en';
import { lang, t, tr } from '../src/text/i18n';
import { vi } from '../src/text/vi';

afterEach(() => (lang.value = 'vi'));

describe('times', () => {
  it('count down to 0:00 at the very end, and on below', () => {
    expect(countdown(60_000)).toBe('1:00');
    expect(countdown(59_999)).toBe('1:00');
    expect(countdown(59_000)).toBe('0:59');
    expect(countdown(1)).toBe('0:01');
    expect(countdown(0)).toBe('0:00');
    expect(countdown(-1)).toBe('−0:01');
    expect(countdown(-61_500)).toBe('−1:02');
    expect(countdown(3_600_000)).toBe('60:00');
  });

  it('count up in whole seconds that have passed', () => {
    expect(elapsed(0)).toBe('0:00');
    expect(elapsed(59_999)).toBe('0:59');
    expect(elapsed(-5)).toBe('0:00');
  });

  it('are spelled in both languages', () => {
    expect(spell(420_000)).toBe('7 phút');
    expect(spell(90_000)).toBe('1 phút 30 giây');
    expect(spell(0)).toBe('0 giây');
    lang.value = 'en';
    expect(spell(90_000)).toBe('1 min 30 s');
  });
});

describe('shares', () => {
  // Figures that councils announced, with their base (procedures.md).
  it.each([
    [38, 75, '50,67%'],
    [49, 50, '98,00%'],
    [49, 58, '84,48%'],
    [486, 498, '97,59%'],
    [423, 494, '85,63%'],
    [8, 494, '1,62%'],
    [1, 494, '0,20%'],
    [0, 75, '0,00%'],
    [75, 75, '100,00%'],
  ])('%i of %i is %s', (part, base, text) => {
    expect(percent(part, base)).toBe(text);
  });

  it('have a point in English and nothing without a base', () => {
    lang.value = 'en';
    expect(percent(38, 75)).toBe('50.67%');
    expect(percent(1, 0)).toBe('–');
  });
});

describe('majorities', () => {
  it('more than half and at least two thirds are different', () => {
    expect(needed(75, 1, 2, true)).toBe(38);
    expect(needed(76, 1, 2, true)).toBe(39);
    expect(needed(75, 2, 3, false)).toBe(50);
    expect(needed(76, 2, 3, false)).toBe(51);
    expect(needed(75, 1, 3, false)).toBe(25);
  });
});

describe('names', () => {
  it('are found without their marks', () => {
    expect(fold('Đặng Thị Hường')).toBe('dang thi huong');
    expect(fold('NGUYỄN')).toBe('nguyen');
  });

  it('are sorted by the given name', () => {
    const sorted = ['Trần Văn Bình', 'Lê Thị An', 'Đỗ Văn An'].map((name) => ({ name })).sort(byGivenName);
    expect(sorted.map((p) => p.name)).toEqual(['Đỗ Văn An', 'Lê Thị An', 'Trần Văn Bình']);
  });

  it('have two initials', () => {
    expect(initials('Nguyễn Văn Đạt')).toBe('VĐ');
    expect(initials('Ubnd')).toBe('U');
  });
});

const holes = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

describe('the two languages', () => {
  it.each(Object.keys(vi) as (keyof typeof vi)[])('%s is said in both, with the same values', (key) => {
    expect(en[key].trim()).not.toBe('');
    expect(vi[key].trim()).not.toBe('');
    expect(holes(en[key])).toEqual(holes(vi[key]));
  });

  it('English has no word more', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(vi).sort());
  });

  it('values are filled in, missing ones stay visible', () => {
    expect(t('delegate.place', { n: 3 })).toBe('Bạn ở vị trí thứ 3');
    expect(t('delegate.place', {})).toContain('{n}');
  });

  it('a council’s words fall back to the language that is there', () => {
    lang.value = 'en';
    expect(tr({ vi: 'Chỉ tiếng Việt', en: '' })).toBe('Chỉ tiếng Việt');
    expect(tr(null, 'x')).toBe('x');
  });

  it('use the law’s words for votes, not everyday ones (procedures.md section 7)', () => {
    for (const text of Object.values(vi)) expect(text).not.toMatch(/đồng ý với|phản đối nghị quyết|túc số/i);
  });
});

const sources = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? sources(path) : /\.tsx?$/.test(name) ? [path] : [];
  });

describe('the sources', () => {
  const files = sources(join(__dirname, '../src')).map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  const all = files.map((f) => f.text).join('\n');

  it('use every word that is there', () => {
    const prefixes = [...all.matchAll(/`([a-z_.]+)\.\$\{/g)].map((m) => `${m[1]}.`)
      .concat([...all.matchAll(/word\('(\w+)'/g)].map((m) => `${m[1]}.`));
    const unused = Object.keys(vi).filter(
      (key) => !all.includes(`'${key}'`) && !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });

  it('have no inline style and no markup from text: the policy forbids one, safety the other', () => {
    for (const { path, text } of files) {
      expect(text, path).not.toMatch(/\sstyle=|dangerouslySetInnerHTML|innerHTML|eval\(|new Function/);
    }
  });

  it('know no procedure and no kind by name', () => {
    for (const { path, text } of files) expect(text, path).not.toMatch(/hai-phong|'point_of_order'|'resolution'|'debate'/);
  });
});
