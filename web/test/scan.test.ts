// What a scanned QR code says.

import { describe, expect, it } from 'vitest';
import { readScan } from '../src/api/qr-text';

const here = 'https://hop.example.vn';

describe('a scanned code', () => {
  it.each([
    ['a link of this server', 'https://hop.example.vn/#login=ABCD1234EFGH', { code: 'ABCD1234EFGH' }],
    ['the same with spaces around', '  https://hop.example.vn/#login=ABCD1234EFGH\n', { code: 'ABCD1234EFGH' }],
    ['a bare code with dashes', 'ABCD-1234-EFGH', { code: 'ABCD1234EFGH' }],
    ['a link of another server', 'https://evil.example/#login=ABCD1234EFGH', { trouble: 'other_site' }],
    ['the same server without TLS', 'http://hop.example.vn/#login=ABCD1234EFGH', { trouble: 'other_site' }],
    ['another page of this server', 'https://hop.example.vn/minutes', { trouble: 'not_ours' }],
    ['a link with more behind', 'https://hop.example.vn/#login=A&next=javascript:alert(1)', { trouble: 'not_ours' }],
    ['a script', 'javascript:alert(1)', { trouble: 'not_ours' }],
    ['a business card', 'BEGIN:VCARD\nFN:Ai đó\nEND:VCARD', { trouble: 'not_ours' }],
    ['a number of goods', '893456', { trouble: 'not_ours' }],
    ['nothing', '', { trouble: 'not_ours' }],
  ])('%s', (_name, text, wanted) => {
    expect(readScan(text, here)).toEqual(wanted);
  });
});
