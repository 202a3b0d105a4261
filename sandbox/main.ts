import { join } from 'node:path';
import { readSeed, SeedProblem } from './seed.js';
import { DEFAULT_SEED, SANDBOX_WEBHOOK_SECRET, startSandbox, type RunningSandbox } from './server.js';

function announcement(
  { url, clientId, apiKey, webhooks }: RunningSandbox,
  appUrl: string,
  seed: string,
): string {
  const people = readSeed(seed).people.map(({ email, memberships }) => {
    const where = memberships.map(({ organization, role }) => `${organization} (${role})`).join(', ');
    return `    ${email.padEnd(22)} ${where}`;
  });
  return [
    '',
    `  WorkOS sandbox   ${url}`,
    `  Application      ${appUrl}`,
    `  Client ID        ${clientId}`,
    `  API key          ${apiKey}`,
    ...webhooks.endpoints.map((endpoint) => `  Webhooks to      ${endpoint.url}`),
    `  Webhook secret   ${SANDBOX_WEBHOOK_SECRET}`,
    '  People',
    ...people,
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const { env } = process;
  const appUrl = env['APP_URL'] ?? 'http://localhost:3000';
  const seed = env['SANDBOX_SEED'] ?? DEFAULT_SEED;
  const port = Number(env['SANDBOX_PORT'] ?? '4000');
  const webhooks = [{ url: env['SANDBOX_WEBHOOK_URL'] ?? new URL('/webhooks/workos', appUrl).href }];
  const spentIds = join(env['DATA_DIR'] ?? 'data', 'sandbox', 'spent-ids.txt');
  const sandbox = await startSandbox({ port, appUrl, seed, webhooks, spentIds });
  console.log(announcement(sandbox, appUrl, seed));
  const stop = (): void => {
    void sandbox.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
}

function explain(error: unknown): unknown {
  if (error instanceof SeedProblem) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') return 'The port is taken; set SANDBOX_PORT to another one.';
  if (code === 'ERR_SOCKET_BAD_PORT') return 'SANDBOX_PORT is no port; set a number from 0 to 65535.';
  return error;
}

main().catch((error: unknown) => {
  console.error(explain(error));
  process.exit(1);
});
