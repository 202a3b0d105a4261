import { createApp } from './app.js';
import { ConfigError, Config } from './config/config.js';

try {
  const app = await createApp();
  const { port, appUrl } = app.get(Config);
  await app.listen(port);
  process.stdout.write(
    `${JSON.stringify({ level: 30, msg: `Gatehouse listens on port ${port}`, appUrl })}\n`,
  );
} catch (error) {
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exit(1);
}
