import { randomBytes } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import { type Html, html as xml } from '../html.js';
import { NS } from '../saml/xml.js';
import type { SigningKey } from './signing-key.js';

const EXCLUSIVE_C14N = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const STATUS = 'urn:oasis:names:tc:SAML:2.0:status:';
const LIFETIME_MS = 5 * 60_000;

interface Envelope {
  issuer: string;
  destination: string;
  /** `null`: the identity provider begins the sign-in. */
  inResponseTo: string | null;
  now: Date;
}

export interface AssertionOptions extends Envelope {
  audience: string;
  nameId: string;
  attributes: Record<string, string | string[]>;
  recipient?: string;
  notBefore?: Date;
  notOnOrAfter?: Date;
}

export type SignedParts = 'both' | 'assertion' | 'response' | 'none';

/** An unsigned Response with one assertion. It says whatever the options say: tests make broken ones with it. */
export function responseXml(options: AssertionOptions): string {
  return envelope(options, xml`<samlp:StatusCode Value="${STATUS}Success"/>`, assertionXml(options));
}

/** What an identity provider sends when the person could not be signed in. */
export function errorResponseXml(options: Envelope & { message: string }): string {
  return envelope(
    options,
    xml`<samlp:StatusCode Value="${STATUS}Responder"><samlp:StatusCode Value="${STATUS}AuthnFailed"/></samlp:StatusCode
><samlp:StatusMessage>${options.message}</samlp:StatusMessage>`,
  );
}

export function signResponse(response: string, key: SigningKey, parts: SignedParts = 'both'): string {
  const assertion = `/*/*[local-name()='Assertion']`;
  const signed = parts === 'both' || parts === 'assertion' ? sign(response, key, assertion) : response;
  return parts === 'both' || parts === 'response' ? sign(signed, key, '/*') : signed;
}

export function encodeResponse(response: string): string {
  return Buffer.from(response).toString('base64');
}

function envelope(options: Envelope, status: Html, assertion?: Html): string {
  return xml`<samlp:Response xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}" ID="${newId()}" Version="2.0"
 IssueInstant="${options.now.toISOString()}" Destination="${options.destination}"${inResponseTo(options)}
><saml:Issuer>${options.issuer}</saml:Issuer><samlp:Status>${status}</samlp:Status>${assertion}</samlp:Response>`
    .markup;
}

function assertionXml(options: AssertionOptions): Html {
  const now = options.now.toISOString();
  const notBefore = (options.notBefore ?? new Date(options.now.getTime() - LIFETIME_MS)).toISOString();
  const notOnOrAfter = (options.notOnOrAfter ?? new Date(options.now.getTime() + LIFETIME_MS)).toISOString();
  return xml`<saml:Assertion xmlns:saml="${NS.assertion}" ID="${newId()}" Version="2.0" IssueInstant="${now}"
><saml:Issuer>${options.issuer}</saml:Issuer><saml:Subject
><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">${options.nameId}</saml:NameID
><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"
><saml:SubjectConfirmationData NotOnOrAfter="${notOnOrAfter}" Recipient="${options.recipient ?? options.destination}"
${inResponseTo(options)}/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="${notBefore}"
 NotOnOrAfter="${notOnOrAfter}"><saml:AudienceRestriction><saml:Audience>${options.audience}</saml:Audience
></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="${now}" SessionIndex="${newId()}"
><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef
></saml:AuthnContext></saml:AuthnStatement>${attributeStatement(options.attributes)}</saml:Assertion>`;
}

function attributeStatement(attributes: AssertionOptions['attributes']): Html | false {
  const entries = Object.entries(attributes).map(
    ([name, value]) =>
      xml`<saml:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic">${[
        value,
      ]
        .flat()
        .map((item) => xml`<saml:AttributeValue>${item}</saml:AttributeValue>`)}</saml:Attribute>`,
  );
  return entries.length > 0 && xml`<saml:AttributeStatement>${entries}</saml:AttributeStatement>`;
}

function inResponseTo(options: Envelope): Html | false {
  return options.inResponseTo !== null && xml` InResponseTo="${options.inResponseTo}"`;
}

function sign(response: string, key: SigningKey, element: string): string {
  const signature = new SignedXml({
    privateKey: key.privateKey,
    publicCert: key.certificate,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: EXCLUSIVE_C14N,
  });
  signature.addReference({
    xpath: element,
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', EXCLUSIVE_C14N],
  });
  // The schema wants the signature right after the issuer.
  signature.computeSignature(response, {
    prefix: 'ds',
    location: { reference: `${element}/*[local-name()='Issuer']`, action: 'after' },
  });
  return signature.getSignedXml();
}

function newId(): string {
  return `_${randomBytes(16).toString('hex')}`;
}
