/**
 * What WorkOS puts in `error` when it sends a browser back without a code, and what the person can do.
 * The set of names is documented, and open: a name that is not here is answered as a plain `idp_error`.
 * `idp_initiated_sso_disabled` is not here: it is not a failure, it starts an ordinary sign-in.
 *
 * Source: WorkOS, "Single Sign-On error codes". This file stays free of imports: the sign-in page shows it.
 */
export const IDP_ERRORS = {
  access_denied: {
    title: 'Your identity provider refused access',
    detail: 'You may not be assigned to this application. Ask your administrator to add you, then try again.',
  },
  ambiguous_connection_selector: {
    title: 'More than one sign-in matches',
    detail: 'Your administrator must tell WorkOS which connection to use. Send them the reference below.',
  },
  connection_domain_invalid: {
    title: 'Your e-mail domain does not match this connection',
    detail:
      'Sign in with your work e-mail. If it is right, your administrator must correct the domains of the connection.',
  },
  connection_invalid: {
    title: 'This single sign-on connection is not active',
    detail: 'Your administrator must activate it. Send them the reference below.',
  },
  connection_strategy_invalid: {
    title: 'This connection cannot be used here',
    detail: 'Your administrator must choose another type of connection. Send them the reference below.',
  },
  connection_unlinked: {
    title: 'This single sign-on connection is not finished',
    detail: 'Your administrator must complete its set-up. Send them the reference below.',
  },
  domain_connection_selector_not_allowed: {
    title: 'Signing in by domain alone is not allowed',
    detail: 'Start again from the sign-in page with your work e-mail.',
  },
  invalid_connection_selector: {
    title: 'The sign-in link is not valid',
    detail: 'Start again from the sign-in page with your work e-mail.',
  },
  organization_invalid: {
    title: 'Your organization has no active single sign-on',
    detail: 'Your administrator must set up a connection. Send them the reference below.',
  },
  oauth_failed: {
    title: 'The sign-in provider answered with an error',
    detail: 'Try again. If it happens twice, your administrator must check the settings of the provider.',
  },
  profile_not_allowed_outside_organization: {
    title: 'Your e-mail domain is not one of this organization',
    detail: 'Sign in with your work e-mail, or ask the administrator to allow guests.',
  },
  server_error: {
    title: 'The identity provider had a problem',
    detail:
      'Try again in a minute. If it stays, your administrator finds the details under the reference below.',
  },
  signin_consent_denied: {
    title: 'You cancelled the sign-in',
    detail:
      'If you did not start it yourself, do not continue, and tell your administrator: somebody may be trying to trick you.',
  },
} as const satisfies Record<string, { title: string; detail: string }>;

export type IdpErrorCode = keyof typeof IDP_ERRORS;

export function isIdpErrorCode(value: unknown): value is IdpErrorCode {
  return typeof value === 'string' && Object.hasOwn(IDP_ERRORS, value);
}
