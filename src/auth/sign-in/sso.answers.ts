import { z } from 'zod';
import type { AnswerOptions } from '../../common/answer.decorators.js';

const PAGE = 'text/html';

const connectionChoice = z
  .object({
    code: z.literal('connection_selection_required'),
    connections: z.array(z.object({ id: z.string(), name: z.string() })),
    lastConnectionId: z.string().nullable(),
  })
  .meta({ id: 'ConnectionChoice' });

const REFUSED_SIGN_IN = [
  'invalid_state',
  'state_expired',
  'state_replayed',
  'invalid_code',
  'missing_code',
  'organization_mismatch',
  'connection_mismatch',
  'guest_not_allowed',
  'sso_required',
  'not_provisioned',
  'provisioning_refused',
  'account_deactivated',
  'group_required',
  'not_a_member',
  'session_revoked',
  'reauthentication_failed',
  'upstream_unavailable',
] as const;

const SIGNED_IN = { 303: { description: 'To where the person wanted to go, with the session cookie' } };
const CHOICE = { description: 'A page on which to choose an organization', type: PAGE };

/** What the browser's routes answer, for the OpenAPI document. Where HTML is preferred, a problem is a redirect to `/sign-in`. */
export const SSO_ANSWERS = {
  login: {
    also: {
      200: {
        description: 'Which of several connections: ask again with `through`',
        schema: connectionChoice,
      },
      302: { description: 'To WorkOS, or to the sign-in page where nothing was given' },
    },
    problems: [
      'invalid_email',
      'invalid_return_to',
      'no_sso_for_domain',
      'idp_initiated_denied',
      'prefetch_refused',
      'upstream_unavailable',
    ],
  },
  callback: {
    also: { 200: CHOICE, ...SIGNED_IN },
    problems: [
      ...REFUSED_SIGN_IN,
      'idp_error',
      'idp_initiated_denied',
      'prefetch_refused',
      'session_conflict',
    ],
  },
  organization: { also: { 200: CHOICE, ...SIGNED_IN }, problems: REFUSED_SIGN_IN },
  logout: {
    also: {
      200: {
        description: 'Where JSON is preferred: the address that ends the session at WorkOS too',
        schema: z.object({ logoutUrl: z.string().nullable() }),
      },
      303: { description: 'To WorkOS, or to the page for the signed-out' },
    },
  },
  breakGlassPage: { also: { 200: { description: 'The page', type: PAGE } } },
  breakGlass: { also: SIGNED_IN, problems: ['break_glass_refused', 'session_revoked'] },
} as const satisfies Record<string, AnswerOptions>;
