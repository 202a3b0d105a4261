import { parseRecord, serializeRecord, type SessionRecord, type Subject } from '../session-record.js';

/**
 * How a session stands in Redis: one string, what changes often at fixed places in front, so that a script reads and
 * writes it without touching the rest, then the record as JSON. Places are counted from 0; the scripts know them too.
 *
 *     0 state   1 version   11 last seen   25 expires   39 claimed until   53 JSON
 */
const HEAD = 53;
const TIME = 14;

/** Milliseconds for which Redis keeps what is past its end, so that its clock need not agree with that of the nodes. */
const MARGIN = 60_000;

/** A session that was found, and under which hash. */
export interface Located {
  readonly record: SessionRecord;
  readonly hash: string;
  /** On its way to this hash: whoever has the token is not let in yet. */
  readonly pending: boolean;
}

export function recordKey(tokenHash: string): string {
  return `gatehouse:session:{${tokenHash}}`;
}

/** Where the record of an id is: one hash, or several while its token changes. */
export function pointerKey(id: string): string {
  return `gatehouse:session-id:{${id}}`;
}

/** Both keys of a subject are in one slot: the ids of its sessions, and when it was revoked last. */
export function subjectKeys({ kind, id }: Subject): { sessions: string; revoked: string } {
  const tag = `gatehouse:{${kind}:${id}}`;
  return { sessions: `${tag}:sessions`, revoked: `${tag}:revoked` };
}

/** When Redis may drop everything about a session. */
export function goneAt({ expiresAt }: Pick<SessionRecord, 'expiresAt'>): number {
  return expiresAt.getTime() + MARGIN;
}

export function digits(time: Date | number): string {
  return String(Number(time)).padStart(TIME, '0');
}

export function encode(record: SessionRecord, state: 'live' | 'pending'): string {
  const version = String(record.version).padStart(10, '0');
  const times = [record.lastSeenAt, record.expiresAt, 0].map(digits);
  return [state.charAt(0), version, ...times, serializeRecord(record)].join('');
}

export function decode(value: string, hash: string): Located {
  const lastSeenAt = new Date(Number(value.slice(11, 11 + TIME)));
  return {
    record: { ...parseRecord(value.slice(HEAD)), lastSeenAt },
    hash,
    pending: value.startsWith('p'),
  };
}
