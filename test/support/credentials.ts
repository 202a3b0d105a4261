import type { JWTPayload } from 'jose';
import { Browser } from './browser.js';
import { ACME, type ApiBody, type Site } from './site.js';

/** Seeded at the sandbox, and marked there as its own. */
export const SEEDED = {
  apiKey: 'sk_sandbox_acme_reporting_not_a_secret',
  machine: {
    client_id: 'client_01HGATEH0VSEACMEM2M0000001',
    client_secret: 'sandbox_acme_billing_not_a_secret',
  },
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ApiBody | null;
}

/** Calls the API as a program does: one bearer credential, and whatever headers. */
export async function call(
  site: Pick<Site, 'url'>,
  credential: string | null,
  path = '/v1/me',
  init: { method?: string; json?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(site.url + path, {
    method: init.method ?? 'GET',
    redirect: 'manual',
    body: init.json === undefined ? null : JSON.stringify(init.json),
    headers: {
      ...(credential === null ? {} : { authorization: `Bearer ${credential}` }),
      ...(init.json === undefined ? {} : { 'content-type': 'application/json' }),
      ...init.headers,
    },
  });
  const text = await response.text();
  const body = text.startsWith('{') ? (JSON.parse(text) as ApiBody) : null;
  return { status: response.status, headers: response.headers, body };
}

async function post(url: string, form: Record<string, string>): Promise<Record<string, unknown>> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  return (await response.json()) as Record<string, unknown>;
}

/** What an application of the customer's own, such as one on a phone, gets from AuthKit for this person. */
export async function userTokens(
  site: Site,
  email: string,
  organizationId: string = ACME.organization,
): Promise<{ accessToken: string; refreshToken: string }> {
  const query = new URLSearchParams({
    client_id: site.sandbox.clientId,
    redirect_uri: `${site.url}/auth/callback`,
    response_type: 'code',
    organization_id: organizationId,
  });
  const browser = new Browser();
  const idp = await browser.open(`${site.sandbox.url}/user_management/authorize?${query.toString()}`);
  const answer = await browser.submit(idp, 'name="email"', { email });
  const end = await browser.submit(
    answer,
    'SAMLResponse',
    {},
    {
      stopBefore: (url) => url.startsWith(`${site.url}/auth/callback`),
    },
  );
  const code = new URL(end.trail.at(-1) ?? '').searchParams.get('code') ?? '';
  const grant = { grant_type: 'authorization_code', code };
  const client = { client_id: site.sandbox.clientId, client_secret: site.sandbox.apiKey };
  const tokens = await post(`${site.sandbox.url}/user_management/authenticate`, { ...client, ...grant });
  return { accessToken: String(tokens['access_token']), refreshToken: String(tokens['refresh_token']) };
}

/** A new application of an organization's; `client` is what it gets its tokens with. */
export async function newMachine(
  site: Site,
  wanted: { organizationId?: string; permissions?: readonly string[] } = {},
): Promise<{ id: string; client: typeof SEEDED.machine }> {
  const made = await site.control('/applications', {
    organization_id: wanted.organizationId ?? ACME.organization,
    scopes: wanted.permissions ?? [],
  });
  const client = { client_id: String(made['client_id']), client_secret: String(made['client_secret']) };
  return { id: String(made['id']), client };
}

export async function machineToken(site: Site, scope?: string, client = SEEDED.machine): Promise<string> {
  const answer = await post(`${site.sandbox.url}/oauth2/token`, {
    ...client,
    grant_type: 'client_credentials',
    ...(scope === undefined ? {} : { scope }),
  });
  return String(answer['access_token']);
}

/** A new key; `value` is what its holder sends. */
export async function newApiKey(
  site: Site,
  wanted: {
    organizationId?: string;
    userId?: string;
    permissions?: readonly string[];
    expiresAt?: Date;
  } = {},
): Promise<{ id: string; value: string }> {
  const created = await site.control('/api_keys', {
    organization_id: wanted.organizationId ?? ACME.organization,
    ...(wanted.userId === undefined ? {} : { user_id: wanted.userId }),
    permissions: wanted.permissions ?? [],
    ...(wanted.expiresAt === undefined ? {} : { expires_at: wanted.expiresAt.toISOString() }),
  });
  return { id: String(created['id']), value: String(created['value']) };
}

/** A token that the environment's own key signed and WorkOS would not make. */
export function signed(site: Site, claims: JWTPayload): Promise<string> {
  return site.sandbox.keys.sign(claims);
}
