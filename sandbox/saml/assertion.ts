import type { Element } from '@xmldom/xmldom';
import { SamlProblem } from './problem.js';
import { childElements, NS, parseXml, text } from './xml.js';

const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
/** Two machines never agree to the second. */
const CLOCK_SKEW_MS = 60_000;

export interface Expectations {
  issuer: string;
  audience: string;
  recipient: string;
  /** `null`: the identity provider began it, and no request may be named. */
  inResponseTo: string | null;
  now: Date;
}

export interface Assertion {
  id: string;
  nameId: string;
  attributes: Record<string, string | string[]>;
  /** Until when somebody could send it again, the tolerance included. */
  replayableUntil: Date;
}

/** Everything that a signature does not prove. `xml` must be the very bytes that were verified. */
export function checkAssertion(xml: string, expected: Expectations): Assertion {
  const assertion = parseXml(xml).documentElement;
  checkIssuer(text(only(assertion, 'Issuer')), expected.issuer);
  const conditions = only(assertion, 'Conditions');
  const subject = only(assertion, 'Subject');
  const confirmation = bearerConfirmation(subject);
  checkRecipient(confirmation, expected.recipient);
  checkInResponseTo(confirmation.getAttribute('InResponseTo'), expected.inResponseTo);
  checkAudience(conditions, expected.audience);
  return {
    id: required(assertion, 'ID'),
    nameId: text(childElements(subject, NS.assertion, 'NameID')[0]),
    attributes: attributesOf(assertion),
    replayableUntil: new Date(
      Math.max(...[conditions, confirmation].map((element) => checkTimes(element, expected.now))),
    ),
  };
}

export function checkIssuer(actual: string, expected: string): void {
  if (actual === expected) return;
  throw new SamlProblem(
    'issuer',
    `The issuer is "${actual}", the connection's identity provider is "${expected}". Save the metadata of the identity provider in use.`,
  );
}

export function checkInResponseTo(actual: string | null, expected: string | null): void {
  if (actual === expected) return;
  throw new SamlProblem(
    'in_response_to',
    expected === null
      ? 'It answers a sign-in that this service does not know, or no longer. Start again from the application.'
      : 'It does not answer the sign-in that was started here. Start again from the application.',
  );
}

function checkRecipient(confirmation: Element, expected: string): void {
  const recipient = confirmation.getAttribute('Recipient') ?? '';
  if (recipient === expected) return;
  throw new SamlProblem(
    'destination',
    `The assertion is for the recipient "${recipient}". Set the single sign-on URL (ACS URL) at the identity provider to ${expected}`,
  );
}

function checkAudience(conditions: Element, expected: string): void {
  const restrictions = childElements(conditions, NS.assertion, 'AudienceRestriction').map((restriction) =>
    childElements(restriction, NS.assertion, 'Audience').map(text),
  );
  // Several restrictions must all hold; within one, any audience will do (Core 2.5.1.4).
  if (restrictions.length > 0 && restrictions.every((audiences) => audiences.includes(expected))) return;
  throw new SamlProblem(
    'audience',
    `The audience is "${restrictions.flat().join(', ')}". Set the audience URI (SP entity ID) at the identity provider to ${expected}`,
  );
}

function checkTimes(element: Element, now: Date): number {
  const notBefore = instant(element.getAttribute('NotBefore'));
  const notOnOrAfter = instant(element.getAttribute('NotOnOrAfter'));
  if (notOnOrAfter === null) throw new SamlProblem('malformed', `${element.localName} has no NotOnOrAfter.`);
  const early = notBefore !== null && now.getTime() + CLOCK_SKEW_MS < notBefore;
  const late = now.getTime() - CLOCK_SKEW_MS >= notOnOrAfter;
  if (!early && !late) return notOnOrAfter + CLOCK_SKEW_MS;
  throw new SamlProblem(
    'time_window',
    `It is ${now.toISOString()} here, and the assertion ${
      early
        ? `begins at ${new Date(notBefore).toISOString()}`
        : `ended at ${new Date(notOnOrAfter).toISOString()}`
    }. Start again; if it stays so, one of the two clocks is wrong.`,
  );
}

function instant(value: string | null): number | null {
  if (value === null) return null;
  // A time without a zone would be read in the zone of this machine.
  const time = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new SamlProblem('malformed', `"${value}" is not a time with a zone.`);
  return time;
}

function bearerConfirmation(subject: Element): Element {
  const data = childElements(subject, NS.assertion, 'SubjectConfirmation')
    .filter((confirmation) => confirmation.getAttribute('Method') === BEARER)
    .flatMap((confirmation) => childElements(confirmation, NS.assertion, 'SubjectConfirmationData'));
  const [first] = data;
  if (first === undefined || data.length > 1) {
    throw new SamlProblem(
      'malformed',
      'The subject must have exactly one bearer confirmation with its data.',
    );
  }
  return first;
}

function attributesOf(assertion: Element): Record<string, string | string[]> {
  const entries = childElements(assertion, NS.assertion, 'AttributeStatement')
    .flatMap((statement) => childElements(statement, NS.assertion, 'Attribute'))
    .map((attribute) => {
      const values = childElements(attribute, NS.assertion, 'AttributeValue').map(text);
      return [required(attribute, 'Name'), values.length === 1 ? (values[0] ?? '') : values] as const;
    });
  return Object.fromEntries(entries);
}

function required(element: Element, attribute: string): string {
  const value = element.getAttribute(attribute) ?? '';
  if (value === '') throw new SamlProblem('malformed', `${element.localName} has no ${attribute}.`);
  return value;
}

function only(parent: Element, name: string): Element {
  const [first, ...others] = childElements(parent, NS.assertion, name);
  if (first === undefined || others.length > 0) {
    throw new SamlProblem('malformed', `The assertion must have exactly one ${name}.`);
  }
  return first;
}
