import { createHash } from 'node:crypto';

export interface TestIdpPerson {
  email: string;
  firstName: string;
  lastName: string;
  idpId: string;
  /** For instance `admin` or `guest`. */
  note?: string;
}

/** Printable ASCII with one @ and no white space: what may stand in an XML attribute and a test's e-mail field. */
export function isEmail(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 254 && /^[!-?A-~]+@[!-?A-~]+$/.test(value);
}

/** The seeded person, or one made up for this e-mail, always the same. */
export function personFor(email: string, people: readonly TestIdpPerson[]): TestIdpPerson {
  const seeded = people.find((person) => person.email.toLowerCase() === email.toLowerCase());
  if (seeded !== undefined) return seeded;
  const [first = '', ...rest] = (email.split('@')[0] ?? '').split(/[._+-]+/).filter((part) => part !== '');
  return {
    email,
    firstName: capitalised(first),
    lastName: rest.map(capitalised).join(' '),
    idpId: `idp_${createHash('sha256').update(email.toLowerCase()).digest('hex').slice(0, 20)}`,
  };
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
