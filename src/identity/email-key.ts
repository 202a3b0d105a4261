import { domainToUnicode } from 'node:url';
import { parseEmail } from './email-domain.js';

/**
 * The form in which an address of a directory and one of a sign-in are compared: the domain in its canonical form, the local
 * part in lower case, since no company gives `Ada@` and `ada@` to two people. `null` for what is not understood, which is
 * equal to nothing.
 */
export function emailKey(email: string | null | undefined): string | null {
  const parsed = parseEmail(email ?? '');
  if (!parsed) return null;
  // ASCII alone: U+212A in lower case is `k`, and would make two people of one.
  const local = localPart(parsed.address).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  return `${local}@${parsed.domain}`;
}

export function domainOfKey(key: string): string {
  return key.slice(key.lastIndexOf('@') + 1);
}

/** How an address with this key may be spelt in lower case where it was stored as it came. */
export function spellingsOf(key: string): string[] {
  const domain = domainOfKey(key);
  const local = localPart(key);
  return [...new Set([key, `${local}@${domainToUnicode(domain)}`])];
}

function localPart(address: string): string {
  return address.slice(0, address.lastIndexOf('@'));
}
