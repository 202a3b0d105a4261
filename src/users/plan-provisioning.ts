import type { ExternalIdentity } from '../identity/identity-provider.port.js';
import type { User } from '../identity/principal.js';

/** What is already known of the account that came back. */
export interface KnownAccount {
  /** The user that this account is linked to. */
  readonly user: User | null;
  /** WorkOS has deleted that user. */
  readonly deleted: boolean;
  /** Standalone SSO: the profile id last seen for this connection and IdP subject. */
  readonly profileId: string | null;
  /** Standalone SSO: the account that carries this profile id now, where it is another one. */
  readonly profileTakenBy: string | null;
}

export type ProvisioningPlan =
  | { readonly kind: 'create' }
  | { readonly kind: 'update'; readonly userId: string; readonly relink: boolean; readonly changed: boolean }
  | {
      readonly kind: 'refuse';
      readonly code: 'account_deactivated' | 'provisioning_refused';
      readonly reason: string;
    };

/**
 * Decides what a sign-in does to the user record. The key is the connection and the subject that the IdP gives
 * (or WorkOS's user id); the e-mail is data that may change, never a key: a re-assigned address must not open
 * somebody else's account (OWASP ASVS 5.0, 6.8.1 and 10.3.3).
 */
export function planProvisioning(identity: ExternalIdentity, known: KnownAccount): ProvisioningPlan {
  if (known.deleted) return { kind: 'refuse', code: 'account_deactivated', reason: 'user_deleted' };
  if (known.profileTakenBy !== null)
    return { kind: 'refuse', code: 'provisioning_refused', reason: 'profile_of_another_subject' };
  if (!known.user) return { kind: 'create' };
  const { user } = known;
  const changed =
    user.email !== identity.email ||
    user.firstName !== identity.firstName ||
    user.lastName !== identity.lastName ||
    user.profilePictureUrl !== identity.profilePictureUrl;
  const relink = identity.account.kind === 'profile' && known.profileId !== identity.account.profileId;
  return { kind: 'update', userId: user.id, relink, changed };
}
