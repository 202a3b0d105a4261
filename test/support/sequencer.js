import { createRequire } from 'node:module';
import { relative } from 'node:path';

// Jest itself brings it.
const { default: Sequencer } = createRequire(createRequire(import.meta.url).resolve('jest'))(
  '@jest/test-sequencer',
);

/** What takes longest, the longest first. Begun last, any of these would be waited for alone. */
const SLOW = [
  'test/browser-console.e2e-spec.ts',
  'test/generator.e2e-spec.ts',
  'test/bus-outage.e2e-spec.ts',
  'test/browser.e2e-spec.ts',
  'test/event-story.e2e-spec.ts',
  'test/websocket.e2e-spec.ts',
  'test/cluster.e2e-spec.ts',
  'test/package.e2e-spec.ts',
  'test/silence.e2e-spec.ts',
  'test/cross-tenant.security.e2e-spec.ts',
  'test/callback.security.e2e-spec.ts',
  'test/invalidation-bus.spec.ts',
  'test/upstream.e2e-spec.ts',
  'test/browser-organization.e2e-spec.ts',
  'test/canary.security.e2e-spec.ts',
  'test/browser-docs.e2e-spec.ts',
  'test/browser-without-script.e2e-spec.ts',
  'test/sessions.e2e-spec.ts',
  'test/session-store.redis.spec.ts',
  'test/browser-authkit.e2e-spec.ts',
  'test/renewal.e2e-spec.ts',
  'test/organizations.security.e2e-spec.ts',
  'test/scenarios.e2e-spec.ts',
  'test/administration.e2e-spec.ts',
];

/** Starts the slow suites first also where none has been timed yet, as on a fresh clone; then goes by what jest measured. */
export default class SlowFirst extends Sequencer {
  sort(tests) {
    // oxlint-disable-next-line unicorn/no-array-sort -- not an array's
    const sorted = super.sort(tests);
    if (sorted.some((test) => test.duration !== undefined)) return sorted;
    const rank = ({ path, context }) => {
      const at = SLOW.indexOf(relative(context.config.rootDir, path).replaceAll('\\', '/'));
      return at < 0 ? SLOW.length : at;
    };
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}
