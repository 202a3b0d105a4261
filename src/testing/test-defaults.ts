export interface TestDefaults {
  /** A PostgreSQL server on which every test application gets a database of its own. Without it each starts a server. */
  readonly postgresUrl?: string | undefined;
}

let defaults: TestDefaults = {};

/**
 * What every `createTestApp` of this process uses where it is not told otherwise. For the set-up file of a test runner:
 * this folder reads no environment.
 *
 * @example
 * ```ts
 * setTestDefaults({ postgresUrl: 'postgres://postgres:secret@localhost/postgres' });
 * ```
 */
export function setTestDefaults(given: TestDefaults): void {
  defaults = given;
}

export function testDefaults(): TestDefaults {
  return defaults;
}
