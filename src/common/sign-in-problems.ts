import type { ProblemText } from './problem-text.js';

/** What can keep somebody from signing in. Part of the table of all errors. */
export const SIGN_IN_PROBLEMS = {
  invalid_email: {
    status: 400,
    title: 'That does not look like an e-mail address',
    detail: 'Enter your work e-mail address, for example ada@acme.com.',
  },
  invalid_return_to: {
    status: 400,
    title: 'The address to return to is not allowed',
    detail: 'Use a path of this service, or an address whose origin is listed in RETURN_TO_ORIGINS.',
  },
  invalid_state: {
    status: 400,
    title: 'This sign-in was not started in this browser',
    detail: 'Start again from the sign-in page, and keep cookies switched on until you are signed in.',
  },
  state_expired: {
    status: 400,
    title: 'This sign-in took too long',
    detail: 'A sign-in must be finished within 10 minutes. Start again from the sign-in page.',
  },
  state_replayed: {
    status: 400,
    title: 'This sign-in was already finished',
    detail: 'The page was opened a second time. If you are not signed in, start again from the sign-in page.',
  },
  missing_code: {
    status: 400,
    title: 'The sign-in came back incomplete',
    detail: 'Start again from the sign-in page. If it happens twice, tell your administrator.',
  },
  invalid_code: {
    status: 400,
    title: 'The sign-in could not be completed',
    detail:
      'Its one-time code was refused: it had expired or was used before. Start again from the sign-in page.',
  },
  organization_mismatch: {
    status: 403,
    title: 'You signed in to another organization',
    detail:
      'The account that came back belongs to another organization than the one you chose. Start again with the account of that organization.',
  },
  connection_mismatch: {
    status: 403,
    title: 'You signed in through another connection',
    detail:
      'The sign-in came back through another identity provider than the one it was started for. Start again from the sign-in page.',
  },
  guest_not_allowed: {
    status: 403,
    title: 'Guests cannot sign in here',
    detail:
      "Your e-mail address is not on one of this organization's domains. Ask its administrator to allow guests.",
  },
  sso_required: {
    status: 403,
    title: 'Your organization requires single sign-on',
    detail: 'Start again with your work e-mail address and sign in through your company.',
  },
  not_provisioned: {
    status: 403,
    title: 'You have not been added to this organization',
    detail:
      'It admits only people whom its administrator has added. Ask them to add you, then sign in again.',
  },
  break_glass_refused: {
    status: 403,
    title: 'This code is not good',
    detail: 'It may be misspelt, used or too old. Ask your operator for a new one.',
  },
  provisioning_refused: {
    status: 403,
    title: 'This account cannot be used here',
    detail:
      'The account that came back conflicts with one that is already known. Ask your administrator to check it.',
  },
  account_deactivated: {
    status: 403,
    title: 'Your account is deactivated',
    detail: 'Your organization has switched off your access. If that is a mistake, ask its administrator.',
  },
  group_required: {
    status: 403,
    title: 'Your groups do not give you access',
    detail:
      'Your organization admits members of certain groups only. Ask its administrator to add you to one.',
  },
  not_a_member: {
    status: 403,
    title: 'You are not a member of this organization',
    detail: 'Ask its administrator to invite you, or sign in to it from the sign-in page.',
  },
  session_revoked: {
    status: 403,
    title: 'Your access was ended while you signed in',
    detail: 'If you ended your other sessions yourself, start again. Otherwise ask your administrator.',
  },
  idp_initiated_denied: {
    status: 403,
    title: 'Start the sign-in here',
    detail:
      "Opening the application from your identity provider's own page is switched off. Sign in from this page instead.",
  },
  idp_error: {
    status: 403,
    title: 'Your identity provider did not sign you in',
    detail: 'Try again. If it happens twice, tell your administrator the reference below.',
  },
  prefetch_refused: {
    status: 403,
    title: 'This address cannot be fetched ahead of time',
    detail: 'Open it in the window itself.',
  },
} as const satisfies Record<string, ProblemText>;
