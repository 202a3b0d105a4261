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
  // The slow suites start processes of their own: more workers than cores, and what must be quick is not.
  maxWorkers: availableParallelism(),
  // How long a slow machine may take. No test holds by it: what must be quick is asserted.
  testTimeout: 120_000,
};
