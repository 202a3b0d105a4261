import type { Browser } from './browser.js';
import { machineToken, newApiKey, newMachine, userTokens } from './credentials.js';
import { ACME, GLOBEX, type Stack } from './stack.js';

/** Every permission there is: what is refused is refused for being another tenant's. */
const EVERYTHING = [
  'audit:read',
  'invoices:read',
  'invoices:write',
  'members:manage',
  'members:read',
  'organization:manage',
];

/** A company with something of everything that the service keeps for one. */
export interface Tenant {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly email: string;
  readonly browser: Browser;
  readonly userId: string;
  readonly sessionId: string;
  readonly invoiceId: string;
  readonly auditEventId: string;
  readonly deadEventId: string;
  /** Of AuthKit, for the same person. */
  readonly accessToken: string;
  readonly apiKey: string;
  readonly machineToken: string;
  /** Whatever stands in an answer and matches this is the tenant's. */
  readonly marks: readonly string[];
}

const PLACES = {
  acme: { ...ACME, email: 'ada@acme.com', lastName: 'Lovelace' },
  globex: { ...GLOBEX, email: 'grace@globex.com', lastName: 'Hopper' },
};

export async function settle(stack: Stack, company: keyof typeof PLACES): Promise<Tenant> {
  const { organization: organizationId, connection: connectionId, email, lastName } = PLACES[company];
  const browser = await stack.signedIn(email);
  const { body: me } = await stack.api(browser, '/v1/me');
  const { user, session } = me as unknown as Record<'user' | 'session', { id: string }>;
  const invoice = await stack.api(browser, '/v1/invoices', {
    method: 'POST',
    json: { customer: `customer of ${company}`, amountCents: 4200 },
  });
  const policy = { method: 'PATCH', json: { idleTimeout: 3000 } };
  await stack.api(browser, '/v1/organization/policy', policy);
  const of = (kind: string) => `${kind}_${company}_0001`;
  await keepDirectory(stack, organizationId, of);
  await stack.query(
    `insert into workos_events (id, event, object_key, organization_id, created_at, received_at, source, data, state, due_at)
       values ($1, 'user.updated', $2, $3, now(), now(), 'webhook', '{}', 'dead', now())`,
    [of('event'), user.id, organizationId],
  );
  const [audited] = await stack.query<{ id: string }>(
    'select id from audit_events where organization_id = $1 order by id limit 1',
    [organizationId],
  );
  const { id: keyId, value: apiKey } = await newApiKey(stack, { organizationId, permissions: EVERYTHING });
  const { accessToken } = await userTokens(stack, email, organizationId);
  const { client } = await newMachine(stack, { organizationId, permissions: EVERYTHING });
  const invoiceId = String(invoice.body?.['id']);
  const auditEventId = audited?.id ?? '';
  const ids = [organizationId, connectionId, user.id, session.id, invoiceId, auditEventId, keyId];
  const words = [
    lastName,
    `customer of ${company}`,
    client.client_id,
    of('directory'),
    of('group'),
    of('event'),
  ];
  return {
    organizationId,
    connectionId,
    email,
    browser,
    userId: user.id,
    sessionId: session.id,
    invoiceId,
    auditEventId,
    deadEventId: of('event'),
    accessToken,
    apiKey,
    machineToken: await machineToken(stack, undefined, client),
    marks: [...ids, ...words],
  };
}

async function keepDirectory(
  stack: Stack,
  organizationId: string,
  of: (kind: string) => string,
): Promise<void> {
  const [directory, group] = [of('directory'), of('group')];
  await stack.query(`insert into directories values ($1, $2, $1, 'okta scim v2.0', 'active', '')`, [
    directory,
    organizationId,
  ]);
  await stack.query(`insert into directory_groups values ($1, $2, $3, $1, '')`, [
    group,
    directory,
    organizationId,
  ]);
}

/** What the marks of time say changes by itself: when somebody was last seen, when a copy was last compared. */
const RESTLESS = ['last_seen_at', 'synced_at'];

/** Reads every row of the database that belongs to a tenant, with one statement. */
export async function tenantState(stack: Stack): Promise<(tenant: Tenant) => Promise<unknown>> {
  const tables = await stack.query<{ name: string; columns: string[] }>(
    `select table_name as name, array_agg(column_name::text) as columns from information_schema.columns
       where table_schema = 'public' group by table_name order by table_name`,
  );
  const parts = tables.flatMap(({ name, columns }) => {
    const owners = [
      ...(columns.includes('organization_id') ? ['organization_id = $1'] : []),
      ...(columns.includes('user_id') ? ['user_id = $2'] : []),
      ...(name === 'organizations' ? ['id = $1'] : []),
      ...(name === 'users' ? ['id = $2'] : []),
    ];
    if (owners.length === 0) return [];
    const row = `to_jsonb(t) - array['${RESTLESS.join("', '")}']`;
    return [
      `'${name}', (select jsonb_agg(${row} order by to_jsonb(t)) from ${name} as t where ${owners.join(' or ')})`,
    ];
  });
  const statement = `select jsonb_build_object(${parts.join(', ')}) as state`;
  return async ({ organizationId, userId }) =>
    (await stack.query<{ state: unknown }>(statement, [organizationId, userId]))[0]?.state;
}
