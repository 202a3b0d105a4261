import type { ProblemCode } from '../../common/problems.js';

export interface AdmissionQuestion {
  /** What the sign-in was started for. */
  readonly expected: {
    readonly organizationId: string | null;
    readonly connectionId: string | null;
    readonly withoutOrganization: boolean;
  };
  /** What came back. `connectionId` is `null` where WorkOS does not say. */
  readonly returned: {
    readonly organizationId: string | null;
    readonly connectionId: string | null;
    readonly method: string;
    /** Somebody of WorkOS's dashboard in the person's place, whose own way in is none of the company's. */
    readonly isImpersonated: boolean;
  };
  /** The word of the returned organization; without one, of the company that owns the e-mail's domain. */
  readonly ssoRequired: boolean;
  /** Of the returned organization; `null` without one. */
  readonly organization: {
    readonly isGuest: boolean;
    readonly guests: 'allow' | 'deny';
    readonly connectionIds: readonly string[];
  } | null;
}

/**
 * Whether the person who came back may come in. The organization and the connection must be those that the sign-in was
 * started for, else the answer of one identity provider would open another company's door (RFC 9700, section 2.1,
 * mix-up; WorkOS, "Validate the organization"). Their e-mail domain decides only whether they are a guest.
 */
export function decideAdmission({
  expected,
  returned,
  ssoRequired,
  organization,
}: AdmissionQuestion): ProblemCode | 'admitted' {
  if (expected.organizationId !== null && expected.organizationId !== returned.organizationId)
    return 'organization_mismatch';
  if (expected.withoutOrganization && returned.organizationId !== null) return 'organization_mismatch';
  if (expected.connectionId !== null) {
    // Where WorkOS does not name the connection, the person must at least belong to the company that has it.
    const possible =
      returned.connectionId === null ? (organization?.connectionIds ?? []) : [returned.connectionId];
    if (!possible.includes(expected.connectionId)) return 'connection_mismatch';
  }
  if (ssoRequired && !returned.isImpersonated) {
    // Another company's identity provider is no better than a password: where the connection is named, it is their own.
    const own = returned.connectionId === null || organization?.connectionIds.includes(returned.connectionId);
    if (returned.method !== 'sso' || !own) return 'sso_required';
  }
  if (organization?.isGuest && organization.guests === 'deny') return 'guest_not_allowed';
  return 'admitted';
}
