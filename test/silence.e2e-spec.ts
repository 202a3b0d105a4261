import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { beginSignIn, inTime, rowsOf, TOKEN_PATH } from './support/redemption.js';
import { sessionRowOf, versionOf } from './support/session-rows.js';
import { MODES, Stack } from './support/stack.js';
import { until } from './support/until.js';
import { send } from './support/wire.js';

const EXCHANGE = TOKEN_PATH.authkit;
let stacks: Stack[];
let second: Stack;
/** They all start before anybody waits: a service that starts keeps this process from everything else. */
beforeAll(async () => {
  const lasting = { SESSION_IDLE_TIMEOUT: '86400', SESSION_ABSOLUTE_TIMEOUT: '2000000' };
  stacks = await Promise.all(
    [...MODES, 'authkit' as const, 'authkit' as const].map((mode) => Stack.start(mode, lasting)),
  );
  second = await service(2).addNode();
});
afterAll(async () => {
  await second.stop();
  await Promise.all(stacks.map((stack) => stack.stop()));
});

function service(index: number): Stack {
  const stack = stacks[index];
  if (!stack) throw new Error(`There is no service ${index}.`);
  return stack;
}

/** All of it is waiting for real: the tests wait side by side, each at a service of its own. */
describe('a WorkOS that never answers', () => {
  it.concurrent.each(MODES)(
    'costs a sign-in 12 seconds at most, and the next one nothing, with SIGN_IN=%s',
    async (mode) => {
      const stack = service(MODES.indexOf(mode));
      const { browser, redeem } = await beginSignIn(stack);
      const before = await rowsOf(stack);
      for (const path of [TOKEN_PATH[mode], '/organizations'])
        await stack.control('/faults', { path, times: 50, type: 'hang' });
      const answers = await Promise.all([
        inTime(redeem()),
        inTime(send(stack.url, '/auth/login?email=eve@silent.example')),
      ]);
      for (const answer of answers)
        expect(answer).toMatchObject({ status: 503, body: { code: 'upstream_unavailable' } });
      expect(await rowsOf(stack)).toEqual(before);
      await stack.control('/faults', undefined, 'DELETE');
      expect((await stack.signIn(browser, 'ada@acme.com')).url).toBe(`${stack.url}/`);
    },
  );

  it.concurrent('keeps nobody waiting for long whose session is to be renewed, and it is renewed behind the requests', async () => {
    const stack = service(2);
    const ada = await stack.signedIn('ada@acme.com');
    const version = await versionOf(stack, 'ada@acme.com');
    await outliveToken(stack, second);
    await stack.control('/faults', { type: 'hang', path: EXCHANGE });
    const started = performance.now();
    const answers = await Promise.all(
      [stack, second, stack, second].map(async (node) => (await node.api(ada, '/v1/me')).status),
    );
    expect(answers).toEqual([200, 200, 200, 200]);
    expect(performance.now() - started).toBeLessThan(4500);
    // The SDK gives up after five seconds and asks once more.
    const renewed = async () => (await versionOf(stack, 'ada@acme.com')) === version + 1;
    await until('it is renewed', renewed);
  });

  it.concurrent('ends no session by an answer that was lost: the same token is good for it again', async () => {
    const stack = service(3);
    const ada = await stack.signedIn('ada@acme.com');
    await outliveToken(stack);
    // WorkOS makes the exchange, but its answers come too late, that to the SDK's own second try too.
    const { tokens } = await sessionRowOf(stack, 'ada@acme.com');
    await stack.control('/faults', { type: 'slow', path: EXCHANGE, milliseconds: 5500, times: 2 });
    expect((await stack.api(ada, '/v1/me')).status).toBe(200);
    const given = async () => (await sessionRowOf(stack, 'ada@acme.com')).claimedUntil === null;
    await until('the renewal is given up', given);
    expect((await sessionRowOf(stack, 'ada@acme.com')).tokens).toEqual(tokens);
    stack.moveClock(301 + 6);
    await stack.control('/clock', { advance: 6 });
    expect((await stack.api(ada, '/v1/me')).status).toBe(200);
    expect((await sessionRowOf(stack, 'ada@acme.com')).tokens).not.toEqual(tokens);
  });
});

/** Longer than an access token lasts, on the service's side and at WorkOS. */
async function outliveToken(stack: Stack, ...others: Stack[]): Promise<void> {
  for (const node of [stack, ...others]) node.moveClock(301);
  await stack.control('/clock', { advance: 301 });
}
