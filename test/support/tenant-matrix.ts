import type { Tenant } from './tenants.js';

/** One way to ask for what another tenant has. */
export interface Attempt {
  readonly path: string;
  readonly json?: unknown;
  /** By a person, with a session or an access token, and by a machine or an API key. */
  readonly expected: readonly [byPerson: number, byProgram: number];
  /** Ends the session or the token that it is made with. */
  readonly endsCredential?: boolean;
  /** Ends whatever else the person has. */
  readonly endsOthers?: boolean;
}

type Attempts = (other: Tenant) => readonly Attempt[];

/** A route that knows no tenant: whatever is asked for, it says the same to everybody. */
const same =
  (path: string, status = 200): Attempts =>
  ({ organizationId, userId }) => [
    { path: `${path}?organizationId=${organizationId}&user_id=${userId}`, expected: [status, status] },
  ];
/** A route that a person has for themselves. */
const ofPeople =
  (status: number, attempt: (other: Tenant) => Omit<Attempt, 'expected'>): Attempts =>
  (other) => [{ ...attempt(other), expected: [status, 403] }];
const anyone =
  (status: number, ...attempts: ((other: Tenant) => Omit<Attempt, 'expected'>)[]): Attempts =>
  (other) =>
    attempts.map((attempt) => ({ ...attempt(other), expected: [status, status] }));

const cursor = (id: string) => Buffer.from(id).toString('base64url');
const query = ({ organizationId }: Tenant) =>
  `organization_id=${organizationId}&organizationId=${organizationId}`;

/** Lists take no organization from a request at all, and go on where a page of the caller's own would. */
const listOf =
  (path: string, idOf: (other: Tenant) => string): Attempts =>
  (other) => [
    { path, expected: [200, 200] },
    { path: `${path}?${query(other)}`, expected: [400, 400] },
    { path: `${path}?cursor=${cursor(idOf(other))}`, expected: [200, 200] },
  ];

/** Every route of the service, and how somebody of another tenant would try to get through it. */
export const MATRIX: Readonly<Record<string, Attempts>> = {
  'GET /': same('/'),
  'GET /sign-in': same('/sign-in'),
  'GET /docs': same('/docs'),
  'GET /openapi.json': same('/openapi.json'),
  'GET /health/live': same('/health/live'),
  'GET /health/ready': same('/health/ready'),
  'GET /metrics': same('/metrics'),
  'GET /auth/break-glass': same('/auth/break-glass'),
  'POST /auth/break-glass': anyone(403, ({ organizationId }) => ({
    path: '/auth/break-glass',
    json: { code: 'x'.repeat(43), organizationId },
  })),
  // Everybody may begin a sign-in at a company whose id they know; what comes of it is between them and its provider.
  'GET /auth/login': anyone(
    302,
    ({ organizationId }) => ({ path: `/auth/login?organization=${organizationId}` }),
    ({ connectionId }) => ({ path: `/auth/login?connection=${connectionId}` }),
  ),
  'GET /auth/callback': anyone(400, ({ connectionId, organizationId }) => ({
    path: `/auth/callback?code=x&state=y&connection_id=${connectionId}&organization_id=${organizationId}`,
  })),
  'POST /auth/organization': anyone(400, ({ organizationId }) => ({
    path: '/auth/organization',
    json: { state: 'x', organization_id: organizationId },
  })),
  'ALL /auth/logout': same('/auth/logout', 405),
  'POST /auth/logout': anyone(200, ({ sessionId, userId }) => ({
    path: `/auth/logout?session_id=${sessionId}`,
    json: { sessionId, userId },
    endsCredential: true,
  })),
  'GET /operations/events/dead': anyone(401, (other) => ({
    path: `/operations/events/dead?${query(other)}`,
  })),
  'POST /operations/events/dead/:id/replay': anyone(401, ({ deadEventId }) => ({
    path: `/operations/events/dead/${deadEventId}/replay`,
  })),
  'GET /v1/audit-events': (other) => [
    ...listOf('/v1/audit-events', ({ auditEventId }) => auditEventId)(other),
    { path: `/v1/audit-events?actor=${other.userId}`, expected: [200, 200] },
  ],
  'GET /v1/invoices': listOf('/v1/invoices', ({ invoiceId }) => invoiceId),
  'POST /v1/invoices': anyone(400, ({ organizationId, invoiceId }) => ({
    path: '/v1/invoices',
    json: { customer: 'Mallory', amountCents: 1, id: invoiceId, organizationId },
  })),
  'GET /v1/invoices/:invoiceId': anyone(404, ({ invoiceId }) => ({ path: `/v1/invoices/${invoiceId}` })),
  'GET /v1/me': anyone(200, (other) => ({ path: `/v1/me?${query(other)}` })),
  'GET /v1/organization': anyone(200, (other) => ({ path: `/v1/organization?${query(other)}` })),
  'GET /v1/organization/members': listOf('/v1/organization/members', ({ userId }) => userId),
  'GET /v1/organization/members/:userId/roles': anyone(404, ({ userId }) => ({
    path: `/v1/organization/members/${userId}/roles`,
  })),
  'GET /v1/organization/members/:userId/sessions': anyone(404, ({ userId }) => ({
    path: `/v1/organization/members/${userId}/sessions`,
  })),
  'DELETE /v1/organization/members/:userId/sessions': anyone(404, ({ userId }) => ({
    path: `/v1/organization/members/${userId}/sessions`,
  })),
  'PATCH /v1/organization/policy': (other) => [
    {
      path: '/v1/organization/policy',
      json: { guests: 'allow', organizationId: other.organizationId },
      expected: [400, 403],
    },
    { path: `/v1/organization/policy?${query(other)}`, json: { guests: 'allow' }, expected: [200, 403] },
  ],
  'POST /v1/organization/portal-link': (other) => [
    {
      path: '/v1/organization/portal-link',
      json: { intent: 'sso', organization: other.organizationId },
      expected: [400, 400],
    },
    { path: `/v1/organization/portal-link?${query(other)}`, json: { intent: 'sso' }, expected: [201, 201] },
  ],
  'POST /v1/session/organization': ofPeople(403, ({ organizationId }) => ({
    path: '/v1/session/organization',
    json: { organizationId },
  })),
  'GET /v1/sessions': ({ userId, sessionId }) => [
    { path: `/v1/sessions?user_id=${userId}`, expected: [400, 403] },
    { path: `/v1/sessions?cursor=${cursor(sessionId)}`, expected: [200, 403] },
  ],
  'DELETE /v1/sessions': ofPeople(204, ({ userId }) => ({
    path: `/v1/sessions?user_id=${userId}`,
    endsOthers: true,
  })),
  'DELETE /v1/sessions/:id': ofPeople(404, ({ sessionId }) => ({ path: `/v1/sessions/${sessionId}` })),
  'POST /webhooks/workos': anyone(400, ({ organizationId }) => ({
    path: '/webhooks/workos',
    json: {
      id: 'event_01HGATEH0VSEMATR1X00000001',
      event: 'organization.deleted',
      created_at: '2026-01-01T00:00:00Z',
      data: { object: 'organization', id: organizationId },
    },
  })),
};
