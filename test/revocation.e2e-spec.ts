import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SessionRevoker } from '../src/sessions/session-revoker.service.js';
import { SystemRandom } from '../src/common/random.js';
import { tokenHashOf } from '../src/sessions/session-issuer.js';
import { memberOf, type SessionRecord, type Subject } from '../src/sessions/session-record.js';
import { SessionStore } from '../src/sessions/session-store.port.js';
import { aSession } from '../src/sessions/session.factory.js';
import { Browser } from './support/browser.js';
import { ACME, Stack } from './support/stack.js';

describe('ending sessions on many nodes', () => {
  let stack: Stack;
  let nodes: Stack[];
  beforeAll(async () => {
    stack = await Stack.start('sso');
    nodes = [stack, await stack.addNode(), await stack.addNode()];
  });
  afterAll(async () => {
    for (const node of nodes.slice(1)) await node.stop();
    await stack.stop();
  });

  /** Every node has the session in memory. */
  async function warm(browser: Browser): Promise<void> {
    for (const node of nodes) expect((await node.api(browser, '/v1/me')).status).toBe(200);
  }

  async function refusedEverywhere(browser: Browser, within = 1000): Promise<void> {
    const end = performance.now() + within;
    for (const node of nodes) {
      while ((await node.api(browser, '/v1/me')).status !== 401) {
        if (performance.now() > end) throw new Error(`${node.url} still lets the session in`);
      }
    }
  }

  function copyOf(browser: Browser): Browser {
    const copy = new Browser();
    copy.setCookie(stack.url, 'session', browser.cookie(stack.url, 'session') ?? '');
    return copy;
  }

  async function idOf(browser: Browser): Promise<string> {
    const { body } = await stack.api(browser, '/v1/me');
    return (body as unknown as { session: { id: string } }).session.id;
  }

  it('refuses a signed-out session on every node', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    await warm(ada);
    const old = copyOf(ada);
    await ada.open(`${stack.url}/auth/logout`, { form: {}, headers: { 'sec-fetch-site': 'same-origin' } });
    await refusedEverywhere(old);
  });

  it('refuses the session of before on every node when the same browser signs in again', async () => {
    const ada = await stack.signedIn('ada@acme.com');
    await warm(ada);
    const old = copyOf(ada);
    await stack.signIn(ada, 'ada@acme.com');
    expect(ada.cookie(stack.url, 'session')).not.toBe(old.cookie(stack.url, 'session'));
    await refusedEverywhere(old);
    await warm(ada);
  });

  it('ends one session and leaves the others', async () => {
    const [laptop, phone] = [await stack.signedIn('ada@acme.com'), await stack.signedIn('ada@acme.com')];
    await warm(laptop);
    await warm(phone);
    const ended = await nodes[1]?.api(laptop, `/v1/sessions/${await idOf(phone)}`, { method: 'DELETE' });
    expect(ended?.status).toBe(204);
    await refusedEverywhere(phone);
    await warm(laptop);
  });

  it('ends all others of mine, and a sign-in of mine that is under way', async () => {
    const [laptop, phone] = [await stack.signedIn('ada@acme.com'), await stack.signedIn('ada@acme.com')];
    await warm(phone);
    const underWay = new Browser();
    const callback = await stack.callbackOf(underWay, 'ada@acme.com');
    expect((await stack.api(laptop, '/v1/sessions', { method: 'DELETE' })).status).toBe(204);
    await refusedEverywhere(phone);
    await warm(laptop);
    const late = await underWay.open(callback, { follow: false });
    expect(late.headers.get('location')).toContain('/sign-in?error=session_revoked');
    expect(underWay.cookie(stack.url, 'session')).toBeUndefined();
    await warm(await stack.signedIn('ada@acme.com'));
  });

  it.each([
    ['organization', ACME.organization],
    ['connection', ACME.connection],
  ] as const)('ends all sessions of an %s, and nobody else is touched', async (kind, id) => {
    const [ada, alan] = [await stack.signedIn('ada@acme.com'), await stack.signedIn('alan@acme.com')];
    const grace = await stack.signedIn('grace@globex.com');
    for (const browser of [ada, alan, grace]) await warm(browser);
    const subject: Subject = { kind, id };
    await stack.app.get(SessionRevoker, { strict: false }).revoke(subject, 'revoked_by_administrator', null);
    await refusedEverywhere(ada);
    await refusedEverywhere(alan);
    await warm(grace);
  });

  /** Puts a session into the store as if somebody had signed in, and gives the browser that has it. */
  async function planted(changes: Partial<SessionRecord>): Promise<Browser> {
    const [now, random] = [new Date(), new SystemRandom()];
    const token = random.secret();
    const record = aSession(now, {
      id: random.id('session', now),
      tokenHash: tokenHashOf(token),
      ...changes,
    });
    await stack.app.get(SessionStore, { strict: false }).insert(record, null, now);
    const browser = new Browser();
    browser.setCookie(stack.url, 'session', token);
    return browser;
  }

  it.each([
    { subject: { kind: 'directory', id: 'directory_1' } as const, own: { directoryId: 'directory_1' } },
    {
      subject: memberOf('org_1', 'user_ada'),
      own: { organization: { id: 'org_1', name: 'One' } },
    },
    { subject: { kind: 'workos_session', id: 'session_1' } as const, own: { workosSessionId: 'session_1' } },
  ])("ends the sessions of a $subject.kind, and the same person's others go on", async ({ subject, own }) => {
    const [gone, other] = [await planted(own), await planted({})];
    for (const browser of [gone, other]) await warm(browser);
    await stack.app.get(SessionRevoker, { strict: false }).revoke(subject, 'membership_ended', null);
    await refusedEverywhere(gone);
    await warm(other);
  });
});
