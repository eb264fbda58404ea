// Is my ballot in the published box? Answered from the serial and the ballot's hash alone: what was
// chosen is nowhere any more.

import { BoxError, equalBytes, fromText, hex, sha256, type Bytes } from './group';
import { boxHash, type BoxOf, type Entry } from './opening';
import { SERIAL_BYTES, TOKEN_BYTES } from './paper';

/** The part of GET /box/COUNCIL/VOTE that a page needs. */
export interface PublishedBox {
  entries: { serial: string; token: string; ballot: string }[];
}

export const readEntries = (box: PublishedBox): Entry[] => {
  if (!Array.isArray(box?.entries)) throw new BoxError('bad_box');
  return box.entries.map((entry) => ({
    serial: fromText(entry.serial, SERIAL_BYTES),
    token: fromText(entry.token, TOKEN_BYTES),
    ballot: fromText(entry.ballot),
  }));
};

export const ballotHash = (ballot: Bytes): string => hex(sha256(ballot));

export type Found =
  | 'in_box'
  | 'missing'
  | 'other_ballot' // somebody else's ballot stands under this serial
  | 'other_box'; // not the box whose hash was journalled

export const findBallot = (box: BoxOf, entries: Entry[], serial: Bytes, hash: string): Found => {
  if (boxHash(box.council, box.vote, entries) !== box.hash) return 'other_box';
  const entry = entries.find((e) => equalBytes(e.serial, serial));
  if (!entry) return 'missing';
  return ballotHash(entry.ballot) === hash ? 'in_box' : 'other_ballot';
};
