import { setTestDefaults } from '../../src/testing/test-defaults.js';

// Runs before each suite: the server that `npm test` starts once is handed to whatever makes a test application.
setTestDefaults({ postgresUrl: process.env['TEST_POSTGRES_URL'] || undefined });
