import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { sdk } from '../application.factory.js';
import { stableId } from '../ids.js';
import { startSandbox, type RunningSandbox } from '../server.js';
import { differences } from '../workos-document.factory.js';

const ACME = 'org_01HGATEH0VSEACME0000000001';
const GLOBEX = 'org_01HGATEH0VSEG10BEX00000001';
const REASON = 'Ticket 7';
const IMPERSONATOR = 'kim@support.example';
const ada = stableId('user', 'ada@acme.com');
const sam = stableId('user', 'sam@acme.com');

let sandbox: RunningSandbox;
let workos: ReturnType<typeof sdk>;
beforeAll(async () => {
  sandbox = await startSandbox({ appUrl: 'http://localhost:3999' });
  workos = sdk(sandbox);
});
beforeEach(() => control('/reset', {}));
afterAll(() => sandbox.close());

async function control(
  path: string,
  json: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(json) };
  const response = await fetch(`${sandbox.url}/_sandbox${path}`, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const impersonate = async (user_id: string, more: Record<string, string> = {}) => {
  const { body } = await control('/impersonations', {
    user_id,
    impersonator: IMPERSONATOR,
    reason: REASON,
    ...more,
  });
  return workos.userManagement.authenticateWithCode({ code: String(body['code']) });
};

describe('an impersonation', () => {
  it('arrives at the callback with a code and no state', async () => {
    const { body } = await control('/impersonations', { user_id: ada, reason: REASON });
    const url = new URL(String(body['url']));
    expect([url.origin + url.pathname, [...url.searchParams.keys()]]).toEqual([
      'http://localhost:3999/auth/callback',
      ['code'],
    ]);
  });

  it('says in the answer, in the token and in the session who acts', async () => {
    const impersonator = { email: IMPERSONATOR, reason: REASON };
    const answer = await impersonate(ada);
    expect(answer).toMatchObject({
      user: { email: 'ada@acme.com', lastSignInAt: null },
      organizationId: ACME,
      authenticationMethod: 'Impersonation',
      impersonator,
    });
    expect(decodeJwt(answer.accessToken)).toMatchObject({
      sub: ada,
      act: { sub: IMPERSONATOR },
      role: 'admin',
    });

    const { data } = await workos.userManagement.listSessions(ada);
    expect(data).toMatchObject([{ impersonator, authMethod: 'impersonation' }]);
    const lifetime = Date.parse(data[0]?.expiresAt ?? '') - Date.parse(data[0]?.createdAt ?? '');
    expect(Math.round(lifetime / 60_000)).toBe(60);
    expect(sandbox.state.events.map(({ event, data: { impersonator: who } }) => [event, who])).toEqual([
      ['session.created', impersonator],
    ]);
    const headers = { authorization: `Bearer ${sandbox.apiKey}` };
    const events: unknown = await (await fetch(`${sandbox.url}/events`, { headers })).json();
    expect(differences('GET /events', 200, events)).toEqual([]);
  });

  it('goes on at a refresh, for an hour', async () => {
    const { refreshToken } = await impersonate(ada);
    const next = await workos.userManagement.authenticateWithRefreshToken({ refreshToken });
    expect(decodeJwt(next.accessToken)).toMatchObject({ act: { sub: IMPERSONATOR } });
    await control('/clock', { advance: 3601 });
    await expect(
      workos.userManagement.authenticateWithRefreshToken({ refreshToken: next.refreshToken }),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('goes to the organization that was named', async () => {
    await expect(impersonate(sam, { organization_id: GLOBEX })).resolves.toMatchObject({
      organizationId: GLOBEX,
    });
  });

  it.each([
    [{ user_id: 'user_x', reason: REASON }, 404],
    [{ user_id: ada, organization_id: GLOBEX, reason: REASON }, 400],
    [{ user_id: ada }, 400],
    [{ user_id: ada, reason: '' }, 400],
  ])('is refused for %j by %i', async (body, status) => {
    expect((await control('/impersonations', body)).status).toBe(status);
  });

  it('takes the browser of whoever presses the button to the application', async () => {
    const response = await fetch(`${sandbox.url}/_sandbox/impersonations`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ user_id: ada, reason: REASON }),
    });
    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      expect.stringMatching(/^http:\/\/localhost:3999\/auth\/callback\?code=/),
    ]);
  });
});
