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
  // Many flows wait for time to pass: one more than there are cores keeps the cores busy.
  maxWorkers: availableParallelism() + 1,
  // How long a slow machine may take. No test holds by it: what must be quick is asserted.
  testTimeout: 20_000,
};
