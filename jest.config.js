import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  rootDir: '.',
  roots: ['<rootDir>/src', '<rootDir>/sandbox', '<rootDir>/test'],
  testRegex: '\\.(spec|e2e-spec)\\.ts$',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '\\.ts$': ['@swc/jest'] },
  setupFiles: ['reflect-metadata', '<rootDir>/test/support/test-defaults.ts'],
  testEnvironment: 'node',
  testSequencer: './test/support/sequencer.js',
  // One more than there are cores: in a third of the suites most of the time is waiting.
  maxWorkers: availableParallelism() + 1,
  // Every suite loads the service anew, and a worker forgets none of them.
  workerIdleMemoryLimit: '700MB',
  // How long a slow machine may take. No test holds by it: what must be quick is asserted.
  testTimeout: 120_000,
};
