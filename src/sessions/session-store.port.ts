import type { SessionRecord, Subject } from './session-record.js';

/** Milliseconds for which it is known that a subject was revoked: longer than a sign-in or an access token may take. */
export const MARK_LIFETIME = 86_400_000;

/** What a change may set. Everything else of a session stays as it was issued. */
export type SessionChange = Partial<
  Pick<
    SessionRecord,
    | 'tokenHash'
    | 'user'
    | 'organization'
    | 'directoryId'
    | 'roles'
    | 'permissions'
    | 'tokens'
    | 'workosSessionId'
    | 'expiresAt'
    | 'idleTimeout'
  >
>;

/**
 * Where sessions are kept. Every method throws `ProblemError('store_unavailable')` where the store cannot be asked, and
 * then says nothing about the session.
 *
 * - **Missing** is `null` (or `false`), never an error: unknown, deleted and past its absolute end look the same.
 * - **Expiry**: a record past `expiresAt`, by the store's clock, is missing at once; it is removed in its own time. The
 *   idle limit is the caller's to decide, from `lastSeenAt`.
 * - **Atomicity**: each method happens as a whole or not at all, as far as a reader can see, except `revoke`, which may
 *   be seen half-way: its mark comes first, so nothing that it ends can come back.
 * - **Idempotence**: `delete`, `revoke` and `touch` may be repeated freely.
 */
export abstract class SessionStore {
  /**
   * Stores a new session and deletes the one whose place it takes.
   * @param startedAt when the sign-in began: a subject of the session that was revoked since then refuses it
   * @returns false, and nothing is stored, where it is refused
   */
  abstract insert(record: SessionRecord, replacedId: string | null, startedAt: Date): Promise<boolean>;

  abstract findByTokenHash(tokenHash: string): Promise<SessionRecord | null>;

  abstract find(id: string): Promise<SessionRecord | null>;

  /** Newest first, those with an id below `cursor` alone. Through an index. */
  abstract listOfUser(userId: string, limit: number, cursor?: string): Promise<SessionRecord[]>;

  /**
   * All sessions of a subject, in batches, through an index. Whatever is there from the beginning of the walk to its end is
   * met once; what changes meanwhile may be met as it was before.
   */
  abstract walk(subject: Subject): AsyncIterable<readonly SessionRecord[]>;

  /** Moves "last seen" forward, never back. Sessions that are gone are passed over. */
  abstract touch(seen: ReadonlyMap<string, Date>): Promise<void>;

  /** @returns what was deleted */
  abstract delete(id: string): Promise<SessionRecord | null>;

  /**
   * Deletes every session of a subject but one, and marks the subject, so that a sign-in under way is refused by `insert`.
   * Through an index, in batches.
   * @param exceptId the session that goes on: one of the store, or one of WorkOS, which the mark then spares
   * @returns how many were deleted
   */
  abstract revoke(subject: Subject, at: Date, exceptId?: string): Promise<number>;

  /**
   * Whether one of these subjects was revoked at this time or later. Marks are kept for `MARK_LIFETIME`: what is older than
   * that must not be believed at all.
   * @param sessionId a revocation that spared this session does not count; every other one does, whichever came first
   */
  abstract isRevoked(subjects: readonly Subject[], since: Date, sessionId?: string): Promise<boolean>;

  /**
   * Takes the right to renew the tokens of a session until `until`, for one caller on all nodes.
   * @returns false where somebody else has it, or the version is another one by now
   */
  abstract claim(id: string, version: number, until: Date): Promise<boolean>;

  /**
   * Changes a session that still has this version, gives it the next one, and ends the claim: the version is the fence
   * that keeps a holder who was too slow from overwriting the next one's work.
   * @returns the new record, or `null` where it is gone or has another version
   */
  abstract update(id: string, version: number, change: SessionChange): Promise<SessionRecord | null>;

  /** Ends a claim early, so that another node need not wait for it. */
  abstract release(id: string, version: number): Promise<void>;

  /** Removes what is past its end, at most `limit`, in one short step. */
  abstract removeExpired(limit: number): Promise<number>;
}
