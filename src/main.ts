import { createApp } from './app.js';
import { UnsafeRoutesError } from './auth/routes/route-audit.service.js';
import { Config, ConfigError } from './config/config.js';

/** What a person who starts the service can mend gets one plain sentence, everything else its stack. */
function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof UnsafeRoutesError) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `The port is taken: ${error.message}. Set PORT to a free one.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  const app = await createApp();
  await app.listen(app.get(Config).port);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
