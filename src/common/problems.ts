import type { ProblemText } from './problem-text.js';
import { SIGN_IN_PROBLEMS } from './sign-in-problems.js';

/**
 * Every error the service can answer with: `code` -> HTTP status and the words a person reads.
 *
 * `title` says what happened, `detail` what to do about it. Both are public: nothing here may name an
 * internal part. The sign-in page shows the same words, so these files import nothing else.
 */
export const PROBLEMS = {
  ...SIGN_IN_PROBLEMS,
  invalid_request: {
    status: 400,
    title: 'The request is not valid',
    detail: 'Check the names and values that were sent, then try again.',
  },
  invalid_signature: {
    status: 400,
    title: 'The signature does not hold',
    detail: 'Sign the body as it is sent with the secret of this endpoint, in the header WorkOS-Signature.',
  },
  stale_timestamp: {
    status: 400,
    title: 'The time of the signature is too far away',
    detail: 'A signature holds for three minutes. Check the clock, then sign and send again.',
  },
  unauthenticated: {
    status: 401,
    title: 'Sign in first',
    detail: 'This address needs a known caller. Sign in, or send an access token or an API key.',
  },
  cross_origin: {
    status: 403,
    title: 'The request came from another site',
    detail: 'Send it from a page of this service, or add the origin of your page to TRUSTED_ORIGINS.',
  },
  missing_role: {
    status: 403,
    title: 'Your role does not allow this',
    detail: 'Ask the administrator of your organization for the role that it needs.',
  },
  several_credentials: {
    status: 400,
    title: 'More than one credential was sent',
    detail:
      'Send one session cookie, or one Authorization header, and not both. In a browser, remove the cookies of this site.',
  },
  reauthentication_required: {
    status: 401,
    title: 'Confirm who you are',
    detail:
      'This needs a proof of who you are that is more recent. Sign in again, then send the request again.',
  },
  reauthentication_failed: {
    status: 403,
    title: 'You were not asked to confirm who you are',
    detail: 'Your identity provider let you in without asking. Sign out there, then start again.',
  },
  principal_not_accepted: {
    status: 403,
    title: 'This is not for callers of your kind',
    detail: 'Some addresses are for people alone, some for machines or API keys. Use another credential.',
  },
  impersonation_read_only: {
    status: 403,
    title: 'You may only look',
    detail: 'Somebody who acts as another person cannot change anything here.',
  },
  missing_permission: {
    status: 403,
    title: 'You are not permitted to do this',
    detail: 'Ask the administrator of your organization for the permission that it needs.',
  },
  role_beyond_yours: {
    status: 403,
    title: 'This role allows more than yours',
    detail: 'You can give people only roles whose permissions you have yourself. Ask somebody who has them.',
  },
  organization_required: {
    status: 403,
    title: 'This needs an organization',
    detail: 'You are signed in without an organization. Sign in through your company to use this.',
  },
  not_found: {
    status: 404,
    title: 'There is nothing here',
    detail: 'Check the address. What you look for may have been removed.',
  },
  no_sso_for_domain: {
    status: 404,
    title: 'No single sign-on for this e-mail address',
    detail:
      'Check the spelling of your work e-mail. If it is right, ask your administrator to set up single sign-on.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This method is not available here',
    detail: 'Use one of the methods named in the Allow header.',
  },
  session_conflict: {
    status: 409,
    title: 'You are signed in as somebody else',
    detail: 'Sign out first, then open the application from your identity provider again.',
  },
  no_active_connection: {
    status: 409,
    title: 'Your organization has no active connection',
    detail:
      'If single sign-on were required now, nobody could sign in. Set up a connection, sign in through it once, then try again.',
  },
  policy_excludes_you: {
    status: 409,
    title: 'This rule would lock you out',
    detail:
      'You would not be let in under it yourself. Have an administrator who meets it make the change, or see to it that you meet it.',
  },
  request_timeout: {
    status: 408,
    title: 'The request took too long',
    detail: 'It did not arrive as a whole. Send it again.',
  },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    detail: 'Send fewer or shorter ones. In a browser, remove the cookies of this site.',
  },
  payload_too_large: {
    status: 413,
    title: 'The request is too large',
    detail: 'Send less: a body may have 100 KiB, that of a webhook 1 MiB.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'This content type is not accepted',
    detail: 'Send JSON, with the header Content-Type: application/json.',
  },
  portal_refused: {
    status: 422,
    title: 'This part of the setup portal is not available to you',
    detail: 'Your plan or your organization does not have it. Ask whoever runs this service to switch it on.',
  },
  internal_error: {
    status: 500,
    title: 'Something went wrong on our side',
    detail: 'Try again. If it happens twice, tell us the reference below.',
  },
  upstream_unavailable: {
    status: 503,
    title: 'The sign-in service cannot be reached',
    detail: 'Nothing was lost. Wait a few seconds, then try again.',
  },
  store_unavailable: {
    status: 503,
    title: 'The service cannot answer right now',
    detail: 'You are still signed in. Wait a few seconds, then try again.',
  },
  webhooks_not_configured: {
    status: 503,
    title: 'Webhooks are not set up here yet',
    detail: 'Set WORKOS_WEBHOOK_SECRET to the signing secret of this endpoint. Nothing is lost until then.',
  },
  shutting_down: {
    status: 503,
    title: 'The service is restarting',
    detail: 'You are still signed in. Wait a few seconds, then try again.',
  },
} as const satisfies Record<string, ProblemText>;

export type ProblemCode = keyof typeof PROBLEMS;
