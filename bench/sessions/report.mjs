import { round, table } from '../harness/statistics.mjs';
import { compare } from './resolution.mjs';

const NAMES = {
  bare: 'bare route',
  bare_again: 'bare route, once more',
  control: 'control: only defers',
  guarded_hit: 'guarded, session in memory',
  guarded_passport: 'guarded, through Passport',
  guarded_miss_redis: 'guarded, asks Redis',
  guarded_miss_postgres: 'guarded, asks PostgreSQL',
  express_session_redis: 'express-session, Redis',
  sealed: "WorkOS's sealed session",
  authkit_session: '@workos/authkit-session',
  better_auth_cached: 'better-auth, cookie cache',
  better_auth_postgres: 'better-auth, PostgreSQL',
};
const NOT_RESOLVED = 'not resolved in this run';

function reportRequests(rows) {
  const { controlPassed, noise, hitOverBare, sealedOverHit, passportOverHit } = compare(rows);
  const { bare } = rows;
  const lines = Object.entries(rows).map(([name, { cpu, p50, p99, perSecond }]) => {
    const more = name === 'bare' ? '' : `${cpu >= bare.cpu ? '+' : ''}${(cpu - bare.cpu).toFixed(1)}`;
    return [NAMES[name], cpu.toFixed(1), more, perSecond.toFixed(0), p50.toFixed(0), p99.toFixed(0)];
  });
  const text = [
    'A request, one in flight',
    table([['', 'server CPU us', 'over bare', 'per second', 'p50 us', 'p99 us'], ...lines]),
    `Bare against bare: ${noise.toFixed(1)} us. Control: ${controlPassed ? 'passed' : 'FAILED, it beat the bare route'}.`,
    `bare / guarded: ${hitOverBare?.toFixed(3) ?? NOT_RESOLVED} (at least 0.9)`,
    `sealed / guarded: ${sealedOverHit.toFixed(1)} (at least 8)`,
    `What Passport adds to a hit: ${passportOverHit === null ? NOT_RESOLVED : `${passportOverHit.toFixed(1)} us`}`,
  ];
  const figures = {
    server_cpu_us: Object.fromEntries(Object.entries(rows).map(([name, { cpu }]) => [name, round(cpu, 4)])),
    per_second: Object.fromEntries(
      Object.entries(rows).map(([name, row]) => [name, round(row.perSecond, 4)]),
    ),
    p50_us: Object.fromEntries(Object.entries(rows).map(([name, { p50 }]) => [name, round(p50, 4)])),
    p99_us: Object.fromEntries(Object.entries(rows).map(([name, { p99 }]) => [name, round(p99, 4)])),
    bare_against_bare_us: round(noise),
    control_passed: controlPassed,
    guarded_hit_over_bare: hitOverBare === null ? NOT_RESOLVED : round(hitOverBare),
    guarded_hit_over_sealed: round(sealedOverHit),
    passport_us: passportOverHit === null ? NOT_RESOLVED : round(passportOverHit),
  };
  return { text, figures };
}

function reportCheck({ alone, busy, garbage, process }) {
  const text = [
    'The check, session in memory',
    table([
      ['', 'p50 us', 'mean us', 'garbage B'],
      [
        'in the server, one request in flight',
        alone.p50.toFixed(2),
        alone.mean.toFixed(2),
        garbage.toFixed(0),
      ],
      ['in the server, 16 in flight', busy.p50.toFixed(2), busy.mean.toFixed(2), ''],
      ['in process, CPU', '', process.ours.toFixed(2), process.oursGarbage.toFixed(0)],
      [
        "in process, CPU, WorkOS's sealed session",
        '',
        process.sealed.toFixed(1),
        process.sealedGarbage.toFixed(0),
      ],
    ]),
    `At most 3 us and 1,000 B in the server; sealed / ours in process: ${process.ratio.toFixed(0)} (at least 50)`,
  ];
  const figures = {
    check_us_in_server: round(alone.p50),
    check_us_in_server_mean: round(alone.mean),
    check_us_in_server_busy: round(busy.p50),
    check_garbage_bytes: round(garbage),
    check_cpu_us_ours: round(process.ours),
    check_cpu_us_sealed: round(process.sealed),
    check_cpu_sealed_over_ours: round(process.ratio),
    check_garbage_bytes_sealed: round(process.sealedGarbage),
  };
  return { text, figures };
}

function reportRevocation({ revocations, redis, postgres }) {
  const row = (name, { p50, p99, max }) => [name, p50.toFixed(1), p99.toFixed(1), max.toFixed(1)];
  const text = [
    `Revocation: from the answer of DELETE on node 1 to refusal on nodes 2 to 4, ${revocations} times`,
    table([['', 'p50 ms', 'p99 ms', 'max ms'], row('over Redis', redis), row('over PostgreSQL', postgres)]),
    'At most 50 ms at p99',
  ];
  const figures = {
    revocation_p50_ms_redis: round(redis.p50),
    revocation_p99_ms_redis: round(redis.p99),
    revocation_p50_ms_postgres: round(postgres.p50),
    revocation_p99_ms_postgres: round(postgres.p99),
  };
  return { text, figures };
}

function reportStorm({ requests, redis, postgres }) {
  const row = (name, { exchanges, failures, p50, p99 }) => [
    name,
    exchanges,
    failures,
    p50.toFixed(0),
    p99.toFixed(0),
  ];
  const text = [
    `Refresh storm: ${requests} requests at once, 4 nodes, an access token that has run out`,
    table([
      ['', 'exchanges', 'failures', 'p50 ms', 'p99 ms'],
      row('over Redis', redis),
      row('over PostgreSQL', postgres),
    ]),
    'One exchange, no failure',
  ];
  const figures = {
    storm_requests: requests,
    storm_exchanges: Math.max(redis.exchanges, postgres.exchanges),
    storm_failures: redis.failures + postgres.failures,
    storm_p99_ms_redis: round(redis.p99),
    storm_p99_ms_postgres: round(postgres.p99),
  };
  return { text, figures };
}

function reportMemory({ stored, recordBytes, postgres, redis }) {
  const mebibytes = (bytes) => (bytes / 1024 / 1024).toFixed(1);
  const cache = Math.max(postgres.some.perSession, redis.some.perSession);
  const [some, many] = [stored.some, stored.many].map((count) => count.toLocaleString('en'));
  const text = [
    `Memory, bytes a session of ${recordBytes} bytes of JSON, ${some} sessions stored`,
    table([
      ['', 'bytes', 'sessions'],
      ['in the cache of a node, from PostgreSQL', postgres.some.perSession.toFixed(0), postgres.some.cached],
      ['in the cache of a node, from Redis', redis.some.perSession.toFixed(0), redis.some.cached],
      ['in Redis', redis.bytes.toFixed(0), stored.some],
      ['in PostgreSQL, indexes included', postgres.bytes.toFixed(0), stored.some],
    ]),
    `A node's heap with ${some} sessions stored: ${mebibytes(postgres.some.heap)} MiB; with ${many}: ${mebibytes(postgres.many.heap)} MiB`,
    'At most 2,048 bytes in the cache; the heap stays',
  ];
  const figures = {
    cache_bytes_per_session: round(cache, 4),
    redis_bytes_per_session: round(redis.bytes, 4),
    postgres_bytes_per_session: round(postgres.bytes, 4),
    node_heap_mib_some_stored: Number(mebibytes(postgres.some.heap)),
    node_heap_mib_many_stored: Number(mebibytes(postgres.many.heap)),
    node_heap_growth: round(postgres.many.heap / postgres.some.heap),
    stored,
  };
  return { text, figures };
}

const REPORTS = {
  requests: reportRequests,
  check: reportCheck,
  revocation: reportRevocation,
  storm: reportStorm,
  memory: reportMemory,
};

/** A table for people, and the figures by name. */
export function report(results) {
  const parts = Object.entries(results).map(([name, result]) => REPORTS[name](result));
  return {
    text: parts.map(({ text }) => text.join('\n')).join('\n\n'),
    figures: Object.assign({}, ...parts.map(({ figures }) => figures)),
  };
}
