// What the chair may do although the procedure says no, with a reason (procedures.md 5.8(4)); never a
// count, never what the core itself forbids.

import { RPC, RpcError } from '../api/link';

/** A call as it was made: what is repeated word for word. */
export interface Asked {
  method: string;
  params: Record<string, unknown>;
}

const METHODS: ReadonlySet<string> = new Set([
  'sitting.open', 'sitting.resume', 'sitting.close', 'agenda.start',
  'floor.grant', 'floor.next', 'floor.extend', 'vote.open', 'vote.reopen',
]);

/** The numbers of the core's own rules (core/session/refusal.h); a procedure cites its council's. */
const CORE_RULE = /^(kyhop\.\d+|RFC 8855\b.*)$/;

/** Is it a procedure that said no, to something that the chair decides in the end? */
export const mayGoAhead = (isChair: boolean, { method, params }: Asked, error: unknown): boolean =>
  isChair && METHODS.has(method) && params.override === undefined &&
  error instanceof RpcError && error.code === RPC.refused &&
  error.data !== undefined && !CORE_RULE.test(error.data.rule ?? '');

/** The very same call, set above the procedure; null while there is no reason. */
export const goingAhead = ({ method, params }: Asked, reason: string): Asked | null => {
  const note = reason.trim();
  return note === '' ? null : { method, params: { ...params, override: true, note } };
};
