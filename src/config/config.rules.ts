import { z } from 'zod';

const PLACEHOLDERS =
  /change.?me|placeholder|example|your[-_ ]|replace|secret[-_ ]?here|x{5}|<|>|\.\.\.|(.)\1{9}/i;

/** Says what is wrong with a secret, or nothing. Never repeats the value. */
export function secretProblem(value: string): string | undefined {
  if (value.length < 20) return 'is too short to be a real secret';
  if (PLACEHOLDERS.test(value)) return 'is a placeholder';
  return undefined;
}

/** A scheme, a host and perhaps a port; no path, no query, no credentials. Comes out as browsers write it. */
export function origin() {
  return z.string().transform((value, context) => {
    const url = URL.parse(value);
    const bare = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
    if (bare) return url.origin;
    context.addIssue({
      code: 'custom',
      message: 'must be an origin such as https://app.acme.com, without a path',
    });
    return z.NEVER;
  });
}

export function originList() {
  return z
    .string()
    .transform((value) =>
      value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    )
    .pipe(z.array(origin()));
}

/** The secret of a webhook endpoint; during a rotation the old and the new one. */
export function webhookSecrets() {
  return z.string().transform((value, context) => {
    const secrets = value.split(',').map((secret) => secret.trim());
    const mend = 'copy the signing secret of the endpoint from the WorkOS dashboard';
    const refuse = (message: string) => {
      context.addIssue({ code: 'custom', message: `${message}: ${mend}` });
      return z.NEVER;
    };
    if (secrets.length > 2) return refuse('must be one secret, or two during a rotation');
    if (new Set(secrets).size !== secrets.length) return refuse('holds the same secret twice');
    const problem = secrets.map(secretProblem).find((found) => found !== undefined);
    return problem === undefined ? secrets : refuse(problem);
  });
}

/** Names with a dot in them; how they are written, in capitals or in another script, does not matter here. */
export function domainList() {
  return z
    .string()
    .transform((value) =>
      value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    )
    .pipe(
      z.array(z.string().regex(/^[^\s@/:.]+(?:\.[^\s@/:.]+)+\.?$/, 'must be domains such as mail.example')),
    );
}

/** 32 bytes each, base64, newest first. A key may stand there once. */
export function sessionKeys() {
  return z.string().transform((value, context) => {
    const keys = value.split(',').map((key) => key.trim());
    const refuse = (message: string) => {
      context.addIssue({ code: 'custom', message: `${message}: make one with \`openssl rand -base64 32\`` });
      return z.NEVER;
    };
    for (const key of keys) {
      const bytes = Buffer.from(key, 'base64');
      if (!/^[A-Za-z0-9+/]+={0,2}$/.test(key) || bytes.length !== 32)
        return refuse('must be base64 keys of 32 bytes');
      if (new Set(bytes).size < 12) return refuse('holds a placeholder, not a random key');
    }
    // Padding and spare bits allow one key several spellings.
    const canonical = keys.map((key) => Buffer.from(key, 'base64').toString('base64'));
    if (new Set(canonical).size !== keys.length) return refuse('holds the same key twice');
    return canonical;
  });
}
