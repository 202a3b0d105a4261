import { readEvent, type RawWorkosEvent, type WorkosEvent, type WorkosEventName } from './workos-event.js';

/**
 * The rest of WorkOS's catalogue (its OpenAPI document, `EventList`, and its SDK): nothing for the service itself, but
 * somebody may want to hear of them. Their payloads are handed over as they are on the wire.
 */
export const OTHER_EVENTS = [
  'action.authentication.denied',
  'action.user_registration.denied',
  'authentication.email_verification_failed',
  'authentication.email_verification_succeeded',
  'authentication.magic_auth_failed',
  'authentication.magic_auth_succeeded',
  'authentication.mfa_failed',
  'authentication.mfa_succeeded',
  'authentication.oauth_failed',
  'authentication.oauth_succeeded',
  'authentication.passkey_failed',
  'authentication.passkey_succeeded',
  'authentication.password_failed',
  'authentication.password_succeeded',
  'authentication.radar_risk_detected',
  'authentication.sso_failed',
  'authentication.sso_started',
  'authentication.sso_succeeded',
  'authentication.sso_timed_out',
  'email_verification.created',
  'flag.created',
  'flag.deleted',
  'flag.rule_updated',
  'flag.updated',
  'group.created',
  'group.deleted',
  'group.member_added',
  'group.member_removed',
  'group.updated',
  'invitation.accepted',
  'invitation.created',
  'invitation.resent',
  'invitation.revoked',
  'magic_auth.created',
  'password_reset.created',
  'password_reset.succeeded',
  'pipes.connected_account.connected',
  'pipes.connected_account.connection_failed',
  'pipes.connected_account.disconnected',
  'pipes.connected_account.reauthorization_needed',
  'vault.byok_key.deleted',
  'vault.byok_key.verification_completed',
  'vault.data.created',
  'vault.data.deleted',
  'vault.data.read',
  'vault.data.updated',
  'vault.dek.decrypted',
  'vault.dek.read',
  'vault.kek.created',
  'vault.metadata.read',
  'vault.names.listed',
  'waitlist_user.approved',
  'waitlist_user.created',
  'waitlist_user.denied',
] as const;

export type OtherEventName = (typeof OTHER_EVENTS)[number];

/** Every name that may be asked for with `@OnWorkosEvent`. */
export type AnyEventName = WorkosEventName | OtherEventName;

export type AnyWorkosEvent =
  | WorkosEvent
  | {
      readonly [Name in OtherEventName]: Omit<RawWorkosEvent, 'event'> & { readonly event: Name };
    }[OtherEventName];

const names: ReadonlySet<string> = new Set(OTHER_EVENTS);

export function isOtherEvent(name: string): name is OtherEventName {
  return names.has(name);
}

/**
 * Reads any event of the catalogue; `null` for any other name.
 * @throws {z.ZodError} where the payload of an event that the service knows is not of its kind
 */
export function readAnyEvent(raw: RawWorkosEvent): AnyWorkosEvent | null {
  const { event } = raw;
  return isOtherEvent(event) ? (raw as AnyWorkosEvent) : readEvent(raw);
}
