import { describe, expect, it } from 'vitest';
import { B, BoxError, fromText, hex, mul, readScalar, toText } from '../src/box/group';
import { blindWith, evaluate, finalise, newPaper } from '../src/box/paper';
import { seeded, signPaper } from './box-side';

const bytes = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (b) => parseInt(b, 16));

// RFC 9497, A.1.2 (ristretto255-SHA512, VOPRF mode), batch size 1.
const SECRET = 'e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909';
const KEY = 'c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e';
const BLIND = '64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706';
const PROOF_RANDOM = '222a5e897cf59db8145db8d16e597e8facb80ae7d4e26d9881aa6f61d645fc0e';
const vectors = [
  {
    input: '00',
    blinded: '863f330cc1a1259ed5a5998a23acfd37fb4351a793a5b3c090b642ddc439b945',
    evaluated: 'aa8fa048764d5623868679402ff6108d2521884fa138cd7f9c7669a9a014267e',
    proof: 'ddef93772692e535d1a53903db24367355cc2cc78de93b3be5a8ffcc6985dd066d4346421d17bf5117a2a1ff0fcb2a759f58a539dfbe857a40bce4cf49ec600d',
    output: 'b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7da4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c',
  },
  {
    input: '5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',
    blinded: 'cc0b2a350101881d8a4cba4c80241d74fb7dcbfde4a61fde2f91443c2bf9ef0c',
    evaluated: '60a59a57208d48aca71e9e850d22674b611f752bed48b36f7a91b372bd7ad468',
    proof: '401a0da6264f8cf45bb2f5264bc31e109155600babb3cd4e5af7d181a2c9dc0a67154fabf031fd936051dec80b0b6ae29c9503493dde7393b722eafdf5a50b02',
    output: '8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6',
  },
];

describe('a ballot paper, by the vectors of RFC 9497', () => {
  for (const [i, v] of vectors.entries()) {
    const paper = blindWith(bytes(v.input), readScalar(bytes(BLIND)));
    it(`blinds as vector ${i + 1} does`, () => expect(hex(paper.paper)).toBe(v.blinded));
    it(`takes the proof of vector ${i + 1} and has its output`, () =>
      expect(hex(finalise(paper, bytes(KEY), bytes(v.evaluated), bytes(v.proof)))).toBe(v.output));
    it(`is evaluated to the same by whoever has the secret of vector ${i + 1}`, () =>
      expect(hex(evaluate(bytes(v.input), readScalar(bytes(SECRET))))).toBe(v.output));
    it(`the tests' own server signs as vector ${i + 1} does`, () => {
      const signed = signPaper(readScalar(bytes(SECRET)), paper.paper, readScalar(bytes(PROOF_RANDOM)));
      expect([hex(signed.evaluated), hex(signed.proof)]).toEqual([v.evaluated, v.proof]);
    });
  }
});

describe('a ballot paper', () => {
  const random = seeded('paper');
  const paper = newPaper(random);
  const secret = readScalar(bytes(SECRET));
  const signed = signPaper(secret, paper.paper, 77n);

  it('gives the token that the secret gives', () =>
    expect(finalise(paper, bytes(KEY), signed.evaluated, signed.proof)).toEqual(evaluate(paper.serial, secret)));

  it('is refused when it was signed with another key than the journalled one', () => {
    const other = signPaper(secret + 1n, paper.paper, 77n);
    expect(() => finalise(paper, bytes(KEY), other.evaluated, other.proof)).toThrow('bad_paper');
    expect(() => finalise(paper, mul(B, secret + 1n).toBytes(), signed.evaluated, signed.proof)).toThrow('bad_paper');
  });

  it('is refused with any part of the answer changed', () => {
    for (const at of [0, 33]) {
      const proof = signed.proof.slice();
      proof[at]! ^= 1;
      expect(() => finalise(paper, bytes(KEY), signed.evaluated, proof)).toThrow(BoxError);
    }
    expect(() => finalise(paper, bytes(KEY), paper.paper, signed.proof)).toThrow('bad_paper');
    expect(() => finalise(paper, bytes(KEY), new Uint8Array(32), signed.proof)).toThrow('bad_point');
    expect(() => finalise(paper, bytes(KEY), signed.evaluated, signed.proof.slice(0, -1))).toThrow('bad_size');
  });

  it('shows the server nothing that is the same twice', () => {
    const again = newPaper(random);
    expect(again.serial).not.toEqual(paper.serial);
    expect(again.paper).not.toEqual(paper.paper);
  });
});

describe('bytes on the wire', () => {
  it('are base64url without padding', () => {
    expect(toText(Uint8Array.of(251, 255))).toBe('-_8');
    expect(fromText('-_8')).toEqual(Uint8Array.of(251, 255));
  });
  it('are refused in any other writing', () => {
    for (const odd of ['-_8=', '+/8', '-_9', 'a', 'ä', 7, null, undefined])
      expect(() => fromText(odd), String(odd)).toThrow('bad_text');
    expect(() => fromText('-_8', 3)).toThrow('bad_size');
  });
});
