import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environment, type Environment } from './config.schema.js';

/** The settings of one running service: read once, complete, never changed. Injected by this class. */
export abstract class Config {
  abstract readonly production: boolean;
  abstract readonly port: number;
  /** The public origin, without a slash at the end. Redirect URI, cookie names and logout URL come from it alone. */
  abstract readonly appUrl: string;
  abstract readonly workos: {
    readonly apiKey: string;
    readonly clientId: string;
    readonly apiUrl: string;
    readonly issuers: readonly string[];
    /** Where machine-to-machine tokens come from; `null`: from where people's do. Without a slash at the end. */
    readonly authkitDomain: string | null;
    /** Any of them signs webhooks. Empty: there is no webhook endpoint at WorkOS. */
    readonly webhookSecrets: readonly string[];
  };
  /** Seconds between two readings of the Events API; 0: it is not read. */
  abstract readonly eventsInterval: number;
  /** What operators show; `null`: they have no way in. */
  abstract readonly operatorToken: string | null;
  abstract readonly signIn: 'sso' | 'authkit';
  abstract readonly session: {
    /** 32 bytes each, newest first. */
    readonly keys: readonly Buffer[];
    /** Seconds. */
    readonly idleTimeout: number;
    /** Seconds. */
    readonly absoluteTimeout: number;
  };
  abstract readonly returnToOrigins: readonly string[];
  abstract readonly trustedOrigins: readonly string[];
  abstract readonly logoutRedirectUrl: string;
  abstract readonly idpInitiated: 'restart' | 'allow' | 'deny';
  abstract readonly guests: 'allow' | 'deny';
  /** As they are written: whoever compares them brings them into canonical form. */
  abstract readonly freeMailDomains: readonly string[];
  abstract readonly trustProxy: number;
  abstract readonly databaseUrl: string | null;
  abstract readonly redisUrl: string | null;
  abstract readonly dataDir: string;
  /** Where the metrics are by themselves; `null`: at `/metrics` of the service. */
  abstract readonly metricsPort: number | null;
  abstract readonly logLevel: string;
}

/** All that is wrong with the environment, in one message: names and mends, never a value. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Reads the environment. An empty variable counts as unset.
 * @throws {ConfigError} naming every variable that is wrong, at once
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const set = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = environment.safeParse(set);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new ConfigError([...new Set(problems)]);
  }
  return toConfig(parsed.data);
}

function toConfig(env: Environment): Config {
  const dataDir = resolve(env.DATA_DIR);
  const appUrl = env.APP_URL ?? `http://localhost:${env.PORT}`;
  const absoluteTimeout = env.SESSION_ABSOLUTE_TIMEOUT;
  const keys = env.SESSION_KEYS ?? keptKeys(dataDir);
  return {
    production: env.NODE_ENV === 'production',
    port: env.PORT,
    appUrl,
    workos: {
      apiKey: env.WORKOS_API_KEY,
      clientId: env.WORKOS_CLIENT_ID,
      apiUrl: env.WORKOS_API_URL,
      issuers: env.WORKOS_ISSUER ?? issuersOf(env.WORKOS_API_URL, env.WORKOS_CLIENT_ID),
      authkitDomain: env.WORKOS_AUTHKIT_DOMAIN ?? null,
      webhookSecrets: env.WORKOS_WEBHOOK_SECRET ?? [],
    },
    eventsInterval: env.EVENTS_INTERVAL,
    operatorToken: env.OPERATOR_TOKEN ?? null,
    signIn: env.SIGN_IN,
    session: {
      keys: keys.map((key) => Buffer.from(key, 'base64')),
      idleTimeout: Math.min(env.SESSION_IDLE_TIMEOUT ?? 3600, absoluteTimeout),
      absoluteTimeout,
    },
    returnToOrigins: env.RETURN_TO_ORIGINS,
    trustedOrigins: env.TRUSTED_ORIGINS,
    logoutRedirectUrl: env.LOGOUT_REDIRECT_URL ?? appUrl,
    idpInitiated: env.IDP_INITIATED,
    guests: env.GUESTS,
    freeMailDomains: env.FREE_MAIL_DOMAINS,
    trustProxy: env.TRUST_PROXY,
    databaseUrl: env.DATABASE_URL ?? null,
    redisUrl: env.REDIS_URL ?? null,
    dataDir,
    metricsPort: env.METRICS_PORT ?? null,
    logLevel: env.LOG_LEVEL,
  };
}

/** WorkOS writes `iss` in more than one way, depending on how old the environment is. */
function issuersOf(apiUrl: string, clientId: string): string[] {
  return [apiUrl, `${apiUrl}/`, `${apiUrl}/user_management/${clientId}`];
}

/** Outside production a key is made once and kept, so that a restart signs nobody out. */
function keptKeys(dataDir: string): string[] {
  const file = join(dataDir, 'session-keys');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  }
  return readFileSync(file, 'utf8').trim().split(',');
}
