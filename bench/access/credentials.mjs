import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export const CLIENT_ID = 'client_01HGATEH0VSEBENCH000000001';
export const API_KEY = 'sk_bench_of_an_organization_not_a_secret';
const ORGANIZATION = { id: 'org_01HGATEH0VSEBENCH000000001', name: 'Acme' };
const USER = { id: 'user_01HGATEH0VSEBENCH00000001', email: 'ada@acme.com' };
const PERMISSIONS = ['invoices', 'members', 'reports'].flatMap((of) =>
  ['read', 'write', 'manage', 'export'].map((what) => `${of}:${what}`),
);
const TIMES = { created_at: '2026-01-01T00:00:00.000Z', updated_at: '2026-01-01T00:00:00.000Z' };

/** What the service asks of WorkOS for these credentials: its keys, an organization, its roles, a key's worth. */
const ANSWERS = {
  [`GET /organizations/${ORGANIZATION.id}`]: {
    object: 'organization',
    ...ORGANIZATION,
    allow_profiles_outside_organization: true,
    domains: [
      {
        object: 'organization_domain',
        id: 'org_domain_01HGATEH0VSEBENCH000000001',
        organization_id: ORGANIZATION.id,
        domain: 'acme.com',
        state: 'verified',
        verification_strategy: 'manual',
        ...TIMES,
      },
    ],
    metadata: {},
    external_id: null,
    ...TIMES,
  },
  'GET /connections': { object: 'list', data: [], list_metadata: { before: null, after: null } },
  [`GET /authorization/organizations/${ORGANIZATION.id}/roles`]: { object: 'list', data: [] },
  'POST /api_keys/validations': {
    api_key: {
      object: 'api_key',
      id: 'api_key_01HGATEH0VSEBENCH000000001',
      owner: { type: 'organization', id: ORGANIZATION.id },
      name: 'Bench',
      obfuscated_value: 'sk_...cret',
      last_used_at: null,
      expires_at: null,
      permissions: PERMISSIONS,
      ...TIMES,
    },
  },
};

/** As much of WorkOS as bearer credentials need, in this process, with a key of its own to sign tokens with. */
export async function startIssuer() {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256', use: 'sig' }] };
  const answers = { ...ANSWERS, [`GET /sso/jwks/${CLIENT_ID}`]: jwks };
  const server = createServer((request, response) => {
    const answer = answers[`${request.method} ${request.url.split('?')[0]}`];
    request.resume();
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { message: 'Not found' }));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const sign = (claims) =>
    new SignJWT({ iss: url, jti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'bench' })
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(privateKey);
  return {
    known: { url, clientId: CLIENT_ID, apiKey: 'sk_bench_of_the_service_not_a_secret' },
    /** A token like AuthKit's, each of a session of its own. */
    userToken: () =>
      sign({
        sub: USER.id,
        sid: `session_${randomUUID()}`,
        client_id: CLIENT_ID,
        org_id: ORGANIZATION.id,
        role: 'admin',
        permissions: PERMISSIONS,
      }),
    machineToken: () =>
      sign({
        sub: 'client_01HGATEH0VSEBENCHM2M000001',
        aud: CLIENT_ID,
        org_id: ORGANIZATION.id,
        scope: PERMISSIONS.join(' '),
      }),
    close: () => server.close(),
  };
}

/** The person of the tokens, as somebody who has signed in before. */
export async function insertPerson(client) {
  await client.query('insert into organizations (id, name, synced_at) values ($1, $2, now())', [
    ORGANIZATION.id,
    ORGANIZATION.name,
  ]);
  await client.query('insert into users (id, email, created_at, updated_at) values ($1, $2, now(), now())', [
    USER.id,
    USER.email,
  ]);
  await client.query(
    `insert into memberships (organization_id, user_id, roles, updated_at) values ($1, $2, '{admin}', now())`,
    [ORGANIZATION.id, USER.id],
  );
}
