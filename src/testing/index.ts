/** What a spec imports. No WorkOS, no sandbox, no network: guard, decorators, filter, pipes and cookies are the real ones. */
export { asApiKey, asMachine, signInAs, type TestAgent } from './callers.js';
export { createTestApp, type Feature, type TestApp, type TestAppOptions } from './create-test-app.js';
export { overrideAuth } from './override-auth.js';
export {
  apiKeyPrincipal,
  machinePrincipal,
  userPrincipal,
  type TestApiKey,
  type TestMachine,
  type TestUser,
} from './principals.js';
export { TestClock } from './test-clock.js';
export { createTestDatabase, type TestDatabase } from './test-database.js';
export { setTestDefaults, type TestDefaults } from './test-defaults.js';
export { TestRandom } from './test-random.js';
