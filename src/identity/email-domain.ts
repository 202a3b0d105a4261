import { domainToASCII } from 'node:url';

/** An address split where mail systems split it, with its domain in the one form that is compared. */
export interface EmailAddress {
  /** As given, trimmed. */
  readonly address: string;
  /** Lower-case ASCII (IDNA A-labels), no trailing dot. */
  readonly domain: string;
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
// Any form of `@` or full stop that Unicode normalisation would turn into the real one changes where an
// address splits (full-width, small and ideographic variants), and IDNA drops characters that nobody sees, so that two
// addresses which differ come out alike: refused rather than guessed at.
const LOOKALIKES =
  /[\uff20\ufe6b\uff0e\u3002\uff61\u2024\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\p{Cc}]/u;

/**
 * The one reading of an e-mail address: for routing, for profiles and for registered domains.
 * Returns `null` for whatever it does not understand: quoted local parts, more than one `@`, white space,
 * control characters, address literals, names without a dot.
 */
export function parseEmail(input: string): EmailAddress | null {
  const address = input.trim();
  if (address.length > 254 || /[\s"(),:;<>[\\\]]/.test(address) || LOOKALIKES.test(address)) return null;
  const [local, domainPart, ...more] = address.split('@');
  if (!local || domainPart === undefined || more.length > 0) return null;
  if (local.length > 64 || local.startsWith('.') || local.endsWith('.') || local.includes('..')) return null;
  const domain = canonicalDomain(domainPart);
  return domain === null ? null : { address, domain };
}

/**
 * Lower case, IDNA to ASCII (UTS 46, as browsers do), one trailing dot removed. Exact: `mail.acme.com` is not
 * `acme.com`. `null` where the name is not a domain with at least two labels.
 */
export function canonicalDomain(input: string): string | null {
  const name = input.trim().replace(/\.$/, '');
  if (name === '' || LOOKALIKES.test(name) || /[%/\\?#@:\s]/.test(name)) return null;
  const ascii = domainToASCII(name).toLowerCase();
  if (ascii === '' || ascii.length > 253) return null;
  const labels = ascii.split('.');
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label))) return null;
  // `1.2.3.4`, and the forms that a URL parser reads as an IPv4 address.
  if (/^(?:\d+|0x[0-9a-f]+)$/.test(labels.at(-1) ?? '')) return null;
  return ascii;
}
