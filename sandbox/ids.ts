import { createHash, randomBytes } from 'node:crypto';

/** Crockford's base 32, the alphabet of WorkOS's identifiers. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export const ID_BODY = '[0-9A-HJKMNP-TV-Z]{26}';

function identifier(prefix: string, bytes: Buffer): string {
  const body = Array.from(bytes.subarray(0, 24), (byte) => ALPHABET.charAt(byte % 32)).join('');
  return `${prefix}_01${body}`;
}

/** The same names give the same identifier on every start, so that a service may keep its database. */
export function stableId(prefix: string, ...names: string[]): string {
  return identifier(prefix, createHash('sha256').update(names.join('\0')).digest());
}

export function freshId(prefix: string): string {
  return identifier(prefix, randomBytes(24));
}

const ULID = new RegExp(`^[0-7]${ID_BODY.slice(0, -4)}{25}$`);

/** A ULID: it sorts by its moment and, inside one millisecond, by `sequence`. */
export function timedId(prefix: string, moment: number, sequence: number): string {
  const digits = (value: number, length: number): string =>
    Array.from({ length }, (_, at) => ALPHABET.charAt(Math.floor(value / 32 ** (length - 1 - at)) % 32)).join(
      '',
    );
  const random = Array.from(randomBytes(12), (byte) => ALPHABET.charAt(byte % 32)).join('');
  return `${prefix}_${digits(moment, 10)}${digits(sequence, 4)}${random}`;
}

export function isTimedId(prefix: string, id: string): boolean {
  return id.startsWith(`${prefix}_`) && ULID.test(id.slice(prefix.length + 1));
}

export function opaqueToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What the customer publishes in DNS to prove that a domain is theirs. */
export function domainChallenge(
  organizationId: string,
  domain: string,
): { verificationPrefix: string; verificationToken: string } {
  const digest = createHash('sha256').update(`${organizationId}\0${domain}`).digest('base64url');
  const [prefix, token] = [digest.slice(0, 6).toLowerCase(), digest.slice(6, 31)];
  return { verificationPrefix: `sandbox-domain-verification-${prefix}`, verificationToken: token };
}
