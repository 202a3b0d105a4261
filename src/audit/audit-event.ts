/** What is recorded. Past tense, `subject.verb`; the set is closed so that a query can rely on it. */
export type AuditAction =
  | 'sign_in.succeeded'
  | 'sign_in.refused'
  | 'access.refused'
  | 'session.ended'
  | 'sessions.ended'
  | 'session.switched'
  | 'user.created'
  | 'user.updated'
  | 'policy.changed'
  | 'portal.link_created'
  | 'member.signed_out'
  | 'event.set_aside'
  | 'event.replayed'
  | 'events.cursor_lost'
  | 'events.reconciled'
  | 'operator.refused'
  | 'directory_link.refused'
  | 'domain.conflict'
  | 'domain.refused'
  | 'certificate.expiring'
  | 'break_glass.issued'
  | 'break_glass.used'
  | 'break_glass.refused'
  | 'policy.refused'
  | 'webhook.refused';

export interface AuditEvent {
  readonly action: AuditAction;
  /** A problem code or a short constant; never free text of a request. */
  readonly reason?: string;
  readonly userId?: string | null;
  readonly organizationId?: string | null;
  readonly connectionId?: string | null;
  readonly sessionId?: string | null;
  readonly details?: Readonly<Record<string, AuditDetail>>;
}

export type AuditDetail =
  | string
  | number
  | boolean
  | null
  | readonly AuditDetail[]
  | { readonly [key: string]: AuditDetail };
