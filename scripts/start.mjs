// The first look: the service, and in front of it the sandbox where no WORKOS_API_KEY is set.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSeed } from '../dist/sandbox/seed.js';
import { DEFAULT_SEED, SANDBOX_WEBHOOK_SECRET, startSandbox } from '../dist/sandbox/server.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
if (existsSync('.env')) process.loadEnvFile('.env');

const { env } = process;
const port = env.PORT || '3000';
const appUrl = env.APP_URL || `http://localhost:${port}`;
const seed = env.SANDBOX_SEED || DEFAULT_SEED;
const withSandbox = !env.WORKOS_API_KEY && env.NODE_ENV !== 'production';

/** @returns {Promise<import('../sandbox/server.ts').RunningSandbox | null>} */
async function sandboxOrNull() {
  if (!withSandbox) return null;
  try {
    const webhooks = [{ url: new URL('/webhooks/workos', appUrl).href }];
    const spentIds = join(env.DATA_DIR || 'data', 'sandbox', 'spent-ids.txt');
    return await startSandbox({ port: Number(env.SANDBOX_PORT || '4000'), appUrl, seed, webhooks, spentIds });
  } catch (error) {
    const inUse = error?.code === 'EADDRINUSE';
    console.error(
      inUse ? `Port ${error.port} is taken: set SANDBOX_PORT to a free one.` : (error?.message ?? error),
    );
    process.exit(1);
  }
}

const sandbox = await sandboxOrNull();
const workos = sandbox && {
  WORKOS_API_KEY: sandbox.apiKey,
  WORKOS_CLIENT_ID: sandbox.clientId,
  WORKOS_API_URL: sandbox.url,
  WORKOS_WEBHOOK_SECRET: SANDBOX_WEBHOOK_SECRET,
};
const service = spawn(process.execPath, [join(root, 'dist/src/main.js')], {
  env: { ...env, PORT: port, LOG_LEVEL: env.LOG_LEVEL || 'warn', ...workos },
  stdio: 'inherit',
  // Its own group: Ctrl-C reaches this process alone, which passes it on once.
  detached: true,
});
service.on('exit', (code, signal) => void end(code ?? (signal ? 1 : 0)));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => service.kill('SIGTERM'));
if (await isReady()) console.log(welcome());

async function end(code) {
  await sandbox?.close();
  process.exit(code);
}

async function isReady() {
  while (service.exitCode === null && service.signalCode === null) {
    try {
      if ((await fetch(`http://localhost:${port}/health/ready`)).ok) return true;
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

function welcome() {
  const { people, organizations } = withSandbox ? readSeed(seed) : { people: [], organizations: [] };
  const [key] = organizations.flatMap((organization) => organization.api_keys);
  const where = ({ memberships }) =>
    memberships.map(({ organization, role }) => `${role} at ${organization}`).join(', ');
  return [
    '',
    `  Gatehouse   ${appUrl}`,
    sandbox
      ? `  Sandbox     ${sandbox.url}   a small WorkOS, for development`
      : `  WorkOS      ${env.WORKOS_API_URL || 'https://api.workos.com'}`,
    ...(sandbox ? ['', '  Open Gatehouse and sign in as one of:'] : []),
    ...people.map((person) => `    ${person.email.padEnd(22)} ${where(person)}`),
    '',
    `  Or call the API (${appUrl}/docs)${key ? ', here with a key of the sandbox:' : ''}`,
    ...(key ? [`    curl ${appUrl}/v1/me -H "Authorization: Bearer ${key.value}"`] : []),
    '',
    '  Ctrl-C stops everything.',
    '',
  ].join('\n');
}
