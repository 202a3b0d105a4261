import { Injectable } from '@nestjs/common';
import type { AuditEvent } from '../audit/audit-event.js';
import { AuditLog, impersonation } from '../audit/audit-log.service.js';
import { InvalidationBus, type Invalidation } from '../bus/invalidation-bus.port.js';
import { Clock } from '../common/clock.js';
import type { RequestOrigin } from '../common/request-origin.js';
import type { ExternalSession } from '../identity/identity-provider.port.js';
import type { UserPrincipal } from '../identity/principal.js';
import { SamePersonRepository } from './same-person.repository.js';
import { SessionCache } from './session-cache.js';
import { partsOfMember, type SessionRecord, type Subject } from './session-record.js';
import { SessionStore } from './session-store.port.js';

export type EndReason =
  | 'signed_out'
  | 'revoked_by_user'
  | 'revoked_by_administrator'
  | 'deprovisioned'
  | 'signed_in_again'
  | 'switched_organization'
  | 'expired'
  | 'refused_by_workos'
  | 'revoked_at_workos'
  | 'user_deleted'
  | 'organization_deleted'
  | 'membership_ended'
  | 'connection_deactivated'
  | 'connection_deleted'
  | 'directory_deleted'
  | 'directory_user_deactivated'
  | 'group_removed'
  | 'policy_changed'
  | 'api_key_changed';

/** Somebody wanted the person out: not that the session gave way to another one, or nobody used it any more. */
const TAKES_TOKENS_ALONG: ReadonlySet<EndReason> = new Set([
  'signed_out',
  'revoked_by_user',
  'revoked_by_administrator',
  'deprovisioned',
  'refused_by_workos',
]);

/** Ends sessions: in the store first, then in the memory of every node, then in the audit log. */
@Injectable()
export class SessionRevoker {
  constructor(
    private readonly store: SessionStore,
    private readonly samePerson: SamePersonRepository,
    private readonly cache: SessionCache,
    private readonly bus: InvalidationBus,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Ends a session. What it says of its origin is returned, so that it can be ended there too; `null` if it was gone. */
  async end(
    id: string,
    reason: EndReason,
    origin: RequestOrigin | null,
    details?: Readonly<Record<string, string>>,
  ): Promise<ExternalSession | null> {
    const record = await this.store.delete(id);
    if (!record) return null;
    await this.ended(record, reason, origin, details);
    const { workosSessionId: sessionId, profileId, connectionType } = record;
    if (sessionId !== null && TAKES_TOKENS_ALONG.has(reason)) await this.endTokens(sessionId);
    return { sessionId, profileId, connectionType };
  }

  /** The access tokens of the same session at WorkOS, which may be in other hands than the cookie. */
  private async endTokens(workosSessionId: string): Promise<void> {
    const subject = { kind: 'workos_session', id: workosSessionId } as const;
    await this.store.revoke(subject, this.clock.now());
    await this.forget(subject);
  }

  /** Ends one session of this user. False where the user has none of that id. */
  async endOwn(id: string, userId: string, origin: RequestOrigin): Promise<boolean> {
    const record = await this.store.find(id);
    if (record?.user.id !== userId) return false;
    return (await this.end(id, 'revoked_by_user', origin)) !== null;
  }

  /**
   * Ends all sessions of a subject but one, on all nodes, and every sign-in of it that is under way. Somebody with two
   * accounts in an organization is out by both.
   */
  async revoke(
    subject: Subject,
    reason: EndReason,
    origin: RequestOrigin | null,
    except?: UserPrincipal,
  ): Promise<number> {
    const keep = except?.session.id;
    let count = 0;
    for (const each of [subject, ...(await this.samePerson.subjectsBeside(subject))]) {
      count += await this.store.revoke(each, this.clock.now(), keep);
      await this.forget({ ...each, ...(keep === undefined ? {} : { exceptSessionId: keep }) });
    }
    await this.audit.record(
      {
        action: 'sessions.ended',
        reason,
        organizationId: except?.organization?.id ?? null,
        ...namedBy(subject),
        sessionId: keep ?? null,
        details: { subject: `${subject.kind} ${subject.id}`, count },
      },
      origin,
    );
    return count;
  }

  /** Everything that follows when a record is out of the store. */
  async ended(
    record: SessionRecord,
    reason: EndReason,
    origin: RequestOrigin | null,
    details: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await this.forget({ kind: 'session', tokenHash: record.tokenHash });
    const { user, organization, connectionId, id: sessionId, impersonator } = record;
    const who = { userId: user.id, organizationId: organization?.id ?? null, connectionId, sessionId };
    // Whose session it was, also where nobody's request ends it.
    const named = { ...impersonation(impersonator), ...details };
    await this.audit.record({ action: 'session.ended', reason, ...who, details: named }, origin);
  }

  /** Makes this node and all others ask the store again. */
  async forget(message: Invalidation): Promise<void> {
    this.cache.onInvalidation(message);
    await this.bus.publish(message);
  }
}

/** What an audit record can say of a subject in its own columns. */
function namedBy({ kind, id }: Subject): Pick<AuditEvent, 'userId' | 'organizationId' | 'connectionId'> {
  switch (kind) {
    case 'user':
      return { userId: id };
    case 'organization':
    case 'unnamed_connection':
      return { organizationId: id };
    case 'member':
      return partsOfMember(id);
    case 'connection':
      return { connectionId: id };
    case 'directory':
    case 'workos_session':
    case 'api_key':
      return {};
  }
}
