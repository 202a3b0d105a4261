import { z } from 'zod';
import { schemaOf } from './database-schema.js';
import {
  domainList,
  origin,
  originList,
  secretProblem,
  sessionKeys,
  webhookSecrets,
} from './config.rules.js';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

function isLoopback(url: string): boolean {
  return LOOPBACK.has(new URL(url).hostname);
}

function integer(minimum: number, maximum: number) {
  const message = `must be a whole number from ${minimum} to ${maximum}`;
  return z
    .string()
    .regex(/^\d+$/, message)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, message);
}

function secret(pattern: RegExp, mend: string) {
  return z
    .string({ error: `is missing: ${mend}` })
    .regex(pattern, mend)
    .superRefine((value, context) => {
      const problem = secretProblem(value);
      if (problem) context.addIssue({ code: 'custom', message: `${problem}: ${mend}` });
    });
}

/**
 * Every variable that the service reads, its rule and its meaning. `.env.example` and the table in the README
 * are made from the descriptions (`npm run docs:config`), and a test compares them.
 */
export const environment = z
  .object({
    NODE_ENV: z
      .enum(['development', 'test', 'production'])
      .default('development')
      .describe('`production` switches every convenience for a first look off.'),
    PORT: integer(0, 65535).default(3000).describe('The port that the service listens on.'),
    APP_URL: origin()
      .optional()
      .describe(
        'The public origin. Required in production, `https` there. Default `http://localhost:$PORT`.',
      ),
    WORKOS_API_KEY: secret(
      /^sk_/,
      'copy the API key, which begins with sk_, from the WorkOS dashboard',
    ).describe('From the WorkOS dashboard. Unset, `npm start` runs against the sandbox.'),
    WORKOS_CLIENT_ID: z
      .string({
        error: 'is missing: copy the client ID, which begins with client_, from the WorkOS dashboard',
      })
      .regex(/^client_[A-Za-z0-9]+$/, 'must begin with client_: copy the client ID from the WorkOS dashboard')
      .describe('From the WorkOS dashboard.'),
    WORKOS_API_URL: origin()
      .default('https://api.workos.com')
      .describe("Where WorkOS's API is. Plain `http` only on a loopback address, and not in production."),
    WORKOS_ISSUER: z
      .string()
      .transform((value) =>
        value
          .split(',')
          .map((issuer) => issuer.trim())
          .filter((issuer) => issuer !== ''),
      )
      .optional()
      .describe(
        "Issuers accepted in access tokens, comma-separated. Default: WorkOS's own forms for the client ID.",
      ),
    WORKOS_AUTHKIT_DOMAIN: origin()
      .optional()
      .describe(
        'The AuthKit domain of the environment, such as `https://your-app.authkit.app`, which issues the tokens of M2M applications. Unset: they have the issuers of `WORKOS_ISSUER`.',
      ),
    WORKOS_WEBHOOK_SECRET: webhookSecrets()
      .optional()
      .describe(
        'The signing secret of the webhook endpoint `/webhooks/workos`; two, comma-separated, during a rotation. Unset: webhooks are answered with 503, and changes arrive by the Events API alone.',
      ),
    // Lost webhooks are to be repaired within 300 s. A reading is due after 7/8 of the interval and looked for in every quarter
    // of it; where the node that reads dies, the next look replaces it: 11/8 of 200 s, which leaves 25 s for the reading itself.
    EVENTS_INTERVAL: integer(0, 200)
      .default(120)
      .describe(
        'Seconds between two readings of the Events API, which repair lost webhooks: at most 200, so that it takes less than 5 minutes also where the node that reads dies. 0 switches them off outside production.',
      ),
    OPERATOR_TOKEN: secret(/^[\x21-\x7e]{32,256}$/, 'make one with `openssl rand -base64 32`')
      .optional()
      .describe(
        'The bearer token of `/operations`, for the operators of the service. Unset: those addresses do not exist.',
      ),
    SIGN_IN: z
      .enum(['sso', 'authkit'], 'must be sso or authkit')
      .default('sso')
      .describe(
        '`sso`: standalone SSO with the sign-in page of this service. `authkit`: the hosted page of WorkOS.',
      ),
    SESSION_KEYS: sessionKeys()
      .optional()
      .describe(
        'Base64 keys of 32 bytes, comma-separated, newest first. Required in production; elsewhere made once and kept in `DATA_DIR`.',
      ),
    SESSION_IDLE_TIMEOUT: integer(1, 2_592_000)
      .optional()
      .describe(
        'Seconds without a request after which a session ends. Default 3600, or `SESSION_ABSOLUTE_TIMEOUT` where that is less.',
      ),
    SESSION_ABSOLUTE_TIMEOUT: integer(1, 2_592_000)
      .default(86_400)
      .describe('Seconds after which a session ends in any case.'),
    RETURN_TO_ORIGINS: originList()
      .default([])
      .describe('Origins that `return_to` may lead to, comma-separated, beside `APP_URL`.'),
    TRUSTED_ORIGINS: originList()
      .default([])
      .describe(
        'Origins whose pages may send requests with the session cookie and read the answers, comma-separated. A browser sends it only to its own site: `app.example.com` and `api.example.com` are one.',
      ),
    LOGOUT_REDIRECT_URL: z
      .url({ protocol: /^https?$/, error: 'must be an absolute http or https URL' })
      .optional()
      .describe(
        'Where a signed-out browser ends. Default `APP_URL`. WorkOS must know it as a sign-out redirect.',
      ),
    IDP_INITIATED: z
      .enum(['restart', 'allow', 'deny'], 'must be restart, allow or deny')
      .default('restart')
      .describe(
        "A sign-in that began on the identity provider's own page: started again from here, taken as it is, or refused.",
      ),
    GUESTS: z
      .enum(['allow', 'deny'], 'must be allow or deny')
      .default('deny')
      .describe("People whose e-mail domain is not their organization's."),
    FREE_MAIL_DOMAINS: domainList()
      .default([])
      .describe(
        'Domains at which anybody can have an address, comma-separated, beside the ones that are known: none of them is ever a company.',
      ),
    TRUST_PROXY: integer(0, 10)
      .default(0)
      .describe('How many proxies stand in front; only then are their headers believed.'),
    DATABASE_URL: z
      .url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' })
      // What is no URL at all comes here too.
      .refine(
        (url) => !URL.canParse(url) || schemaOf(url) !== null,
        '?schema= must be of a-z, 0-9 and _, and begin with no digit',
      )
      .optional()
      .describe(
        'PostgreSQL; `?schema=` puts the tables into a schema of their own. Unset: the service starts one of its own, its files in `DATA_DIR`.',
      ),
    REDIS_URL: z
      .url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' })
      .optional()
      .describe(
        'Redis 7 or Valkey, for many nodes: sessions and messages between nodes. Unset: in PostgreSQL.',
      ),
    DATA_DIR: z
      .string()
      .min(1)
      .default('./data')
      .describe('Where the embedded database and generated keys live.'),
    METRICS_PORT: integer(1, 65535)
      .optional()
      .describe(
        'The port that `/metrics` is on, and nothing else, for Prometheus. Unset: it is on `PORT`, for everybody.',
      ),
    NODE_TLS_REJECT_UNAUTHORIZED: z.string().optional(),
    LOG_LEVEL: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
      .default('info')
      .describe('The least severe log line that is written.'),
  })
  // Also where a variable is wrong by itself: whoever mends the environment sees all of it at once.
  .superRefine(
    (given, context) => {
      const faulty = new Set(context.issues.map(({ path }) => path?.[0]));
      const sound = Object.entries(given).filter(([name]) => !faulty.has(name));
      const env = Object.fromEntries(sound) as Partial<typeof given>;
      const refuse = (name: keyof typeof given, message: string) => {
        if (!faulty.has(name)) context.addIssue({ code: 'custom', path: [name], message });
      };
      const production = env.NODE_ENV === 'production';
      const { APP_URL: appUrl, WORKOS_API_URL: apiUrl, WORKOS_API_KEY: apiKey, SESSION_KEYS: keys } = env;
      if (appUrl?.startsWith('http:') && (production || !isLoopback(appUrl))) {
        refuse('APP_URL', production ? 'must be https in production' : 'must be https, except on localhost');
      }
      if (apiUrl?.startsWith('http:') && (production || !isLoopback(apiUrl))) {
        refuse(
          'WORKOS_API_URL',
          production ? 'must be https in production' : 'must be https, except on a loopback address',
        );
      }
      if (
        env.WORKOS_AUTHKIT_DOMAIN?.startsWith('http:') &&
        (production || !isLoopback(env.WORKOS_AUTHKIT_DOMAIN))
      ) {
        refuse('WORKOS_AUTHKIT_DOMAIN', 'must be https, except on a loopback address outside production');
      }
      const others = [apiKey, ...(keys ?? [])];
      if (env.WORKOS_WEBHOOK_SECRET?.some((secret) => others.includes(secret))) {
        refuse('WORKOS_WEBHOOK_SECRET', 'must not reuse another secret');
      }
      if ([...others, ...(env.WORKOS_WEBHOOK_SECRET ?? [])].includes(env.OPERATOR_TOKEN ?? '')) {
        refuse('OPERATOR_TOKEN', 'must not reuse another secret: make one with `openssl rand -base64 32`');
      }
      if (env.METRICS_PORT !== undefined && env.METRICS_PORT === env.PORT)
        refuse('METRICS_PORT', 'must not be PORT: leave it out to have /metrics there');
      const { SESSION_IDLE_TIMEOUT: idle, SESSION_ABSOLUTE_TIMEOUT: absolute } = env;
      if (idle !== undefined && absolute !== undefined && idle > absolute) {
        refuse('SESSION_IDLE_TIMEOUT', 'must not be longer than SESSION_ABSOLUTE_TIMEOUT');
      }
      if (keys?.some((key) => apiKey?.includes(key))) {
        refuse('SESSION_KEYS', 'must not reuse another secret: make one with `openssl rand -base64 32`');
      }
      if (!production) return;
      if (appUrl === undefined) refuse('APP_URL', 'is missing: set the public https origin of the service');
      if (keys === undefined) refuse('SESSION_KEYS', 'is missing: make one with `openssl rand -base64 32`');
      if (apiUrl !== undefined && isLoopback(apiUrl))
        refuse('WORKOS_API_URL', 'points at this machine: production must talk to WorkOS');
      if (env.EVENTS_INTERVAL === 0) refuse('EVENTS_INTERVAL', 'must not be 0 in production');
      if (env.WORKOS_WEBHOOK_SECRET?.some((secret) => /sandbox/i.test(secret)))
        refuse('WORKOS_WEBHOOK_SECRET', "is the sandbox's: copy that of your WorkOS environment");
      if (apiKey?.startsWith('sk_sandbox'))
        refuse('WORKOS_API_KEY', "is the sandbox's: copy the key of your WorkOS environment");
      if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
        refuse('NODE_TLS_REJECT_UNAUTHORIZED', 'must not be 0: certificates have to be checked');
      }
    },
    { when: () => true },
  );

export type Environment = z.infer<typeof environment>;
