import type { Assertion } from './assertion.js';
import { SamlProblem } from './problem.js';

export interface SamlIdentity {
  nameId: string;
  id: string;
  email: string;
  firstName: string | null;
  lastName: string | null;
  groups: string[];
  attributes: Record<string, string | string[]>;
}

const SOURCES = {
  id: 'user.id',
  email: 'user.email',
  firstName: 'user.firstName',
  lastName: 'user.lastName',
} as const;

/** The four attribute statements of a connection. A name may be empty, since not every directory has one. */
export function identityOf({ nameId, attributes }: Assertion): SamlIdentity {
  return {
    nameId,
    id: filled(attributes, 'id'),
    email: filled(attributes, 'email'),
    firstName: single(attributes, 'firstName') || null,
    lastName: single(attributes, 'lastName') || null,
    groups: [attributes['groups'] ?? []].flat(),
    attributes,
  };
}

function filled(attributes: Assertion['attributes'], name: 'id' | 'email'): string {
  const value = single(attributes, name);
  if (value === '') throw missing(name, 'is empty');
  return value;
}

function single(attributes: Assertion['attributes'], name: keyof typeof SOURCES): string {
  if (!Object.hasOwn(attributes, name)) throw missing(name, 'is not in the assertion');
  return [attributes[name] ?? []].flat()[0] ?? '';
}

function missing(name: keyof typeof SOURCES, what: string): SamlProblem {
  return new SamlProblem(
    'missing_attribute',
    `The attribute "${name}" ${what}. Add it to the Attribute Statements of the application in Okta: ${name} -> ${SOURCES[name]}`,
  );
}
