import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { context } from '../harness/processes.mjs';
import { median, quantile } from '../harness/statistics.mjs';
import { startPostgres, startRedis } from '../harness/stores.mjs';
import { signIn } from './sign-in.mjs';
import { freePorts, startNodes } from './nodes.mjs';
import { startUpstream } from './upstream.mjs';

const REQUESTS = context.quick ? 100 : 1000;
/** Seconds that WorkOS gives an access token, and that are left of this one when the sign-in is done. */
const TOKEN_LIFETIME = 300;
const LEFT = 4;
/** Milliseconds that WorkOS takes for an exchange, so that there is time for a second one to begin. */
const EXCHANGE = 300;
const EXCHANGES = '/user_management/authenticate';

/**
 * WorkOS's clock is set back for the sign-in, so that the access token has seconds to live, and then set right: the
 * service runs with its own clock and its own settings, and sees a token that has run out.
 */
async function signInWithShortToken(upstream, origin) {
  await upstream.control('/clock', { advance: LEFT - TOKEN_LIFETIME });
  const cookie = await signIn(origin, upstream.known.url);
  await upstream.control('/clock', { advance: TOKEN_LIFETIME - LEFT });
  return cookie;
}

function get(agent, port, cookie) {
  const start = performance.now();
  const headers = { cookie, accept: 'application/json' };
  return new Promise((resolve) => {
    const done = (status) => resolve({ status, took: performance.now() - start });
    const sent = httpRequest({ agent, host: '127.0.0.1', port, path: '/v1/me', headers }, (response) => {
      response.resume();
      response.on('end', () => done(response.statusCode));
      response.on('error', () => done('broken answer'));
    });
    sent.on('error', (error) => done(error.code));
    sent.end();
  });
}

async function storm(known, upstream, ports) {
  const nodes = await startNodes(known, ports, { SIGN_IN: 'authkit' });
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  try {
    const cookie = await signInWithShortToken(upstream, `http://localhost:${ports[0]}`);
    for (const port of ports) {
      const { status } = await get(agent, port, cookie);
      if (status !== 200) throw new Error(`A node answered ${status} to a good session.`);
    }
    await pause(LEFT * 1000 + 3000);
    await upstream.control('/requests', undefined, 'DELETE');
    await upstream.control('/faults', {
      type: 'slow',
      method: 'POST',
      path: EXCHANGES,
      milliseconds: EXCHANGE,
      times: 10_000,
    });
    const answers = await Promise.all(
      Array.from({ length: REQUESTS }, (_, at) => get(agent, ports[at % ports.length], cookie)),
    );
    const { data } = await upstream.control('/requests', undefined, 'GET');
    const exchanges = data.filter(({ path }) => path === EXCHANGES).length;
    const failed = answers.filter(({ status }) => status !== 200);
    const times = answers.map(({ took }) => took);
    return {
      exchanges,
      failures: failed.length,
      statuses: [...new Set(failed.map(({ status }) => status))],
      p50: median(times),
      p99: quantile(times, 0.99),
    };
  } finally {
    agent.destroy();
    await nodes.stop();
  }
}

const results = {};
const postgres = await startPostgres();
const redis = await startRedis();
for (const [name, redisUrl] of [
  ['redis', redis.url],
  ['postgres', undefined],
]) {
  const ports = await freePorts();
  const upstream = await startUpstream(`http://localhost:${ports[0]}`);
  const known = { databaseUrl: postgres.url, redisUrl, sandbox: upstream.known };
  results[name] = await storm(known, upstream, ports);
  await upstream.close();
}
await Promise.all([postgres.stop(), redis.stop()]);
process.send({ requests: REQUESTS, ...results });
process.disconnect();
