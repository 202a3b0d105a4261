import { X509Certificate } from 'node:crypto';
import { generateServiceProviderMetadata } from '@node-saml/node-saml';
import type { Element } from '@xmldom/xmldom';
import { SamlProblem } from './problem.js';
import { childElements, descendants, isElement, NS, parseXml, text, XmlProblem } from './xml.js';

export interface IdpMetadata {
  entityId: string;
  ssoUrl: string;
  /** PEM; more than one while the identity provider changes its key. */
  certificates: string[];
}

const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
const EMAIL_NAME_ID = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
const FETCH_TIMEOUT_MS = 5000;
const MAX_BYTES = 1024 * 1024;

const refuse = (detail: string, cause?: unknown) => new SamlProblem('metadata', detail, { cause });

export function parseIdpMetadata(xml: string): IdpMetadata {
  const { entity, role } = identityProviderOf(metadataRoot(xml));
  const entityId = entity.getAttribute('entityID') ?? '';
  if (entityId === '')
    throw refuse('EntityDescriptor has no entityID. Copy the whole metadata document again.');
  return { entityId, ssoUrl: redirectUrlOf(role), certificates: signingCertificatesOf(role) };
}

function metadataRoot(xml: string): Element {
  if (/^\s*<(!doctype\s+)?html/i.test(xml)) {
    throw refuse(
      'This is a web page, not SAML metadata. Use the address that "View IdP metadata" opens, which shows XML.',
    );
  }
  try {
    return parseXml(xml).documentElement;
  } catch (error) {
    if (!(error instanceof XmlProblem)) throw error;
    throw refuse(
      `The metadata cannot be read: ${error.message}. Paste the XML document exactly as your identity provider shows it.`,
      error,
    );
  }
}

function identityProviderOf(root: Element): { entity: Element; role: Element } {
  const entities = isElement(root, NS.metadata, 'EntityDescriptor')
    ? [root]
    : descendants(root, NS.metadata, 'EntityDescriptor');
  if (entities.length === 0) {
    throw refuse('There is no EntityDescriptor in it. Paste SAML 2.0 metadata of your identity provider.');
  }
  const found = entities.flatMap((entity) =>
    childElements(entity, NS.metadata, 'IDPSSODescriptor').map((role) => ({ entity, role })),
  );
  const [only] = found;
  if (only === undefined) {
    throw refuse(
      'It has no IDPSSODescriptor: it describes a service provider. Paste the metadata of the identity provider.',
    );
  }
  if (found.length > 1) {
    throw refuse(
      'It describes several identity providers. Paste the EntityDescriptor of the one to connect.',
    );
  }
  return only;
}

function redirectUrlOf(role: Element): string {
  const service = childElements(role, NS.metadata, 'SingleSignOnService').find(
    (candidate) => candidate.getAttribute('Binding') === REDIRECT,
  );
  if (service === undefined) {
    throw refuse(
      'It has no SingleSignOnService with the HTTP-Redirect binding. Enable that binding at the identity provider.',
    );
  }
  const location = service.getAttribute('Location') ?? '';
  if (!isHttpUrl(location)) {
    throw refuse(
      'The Location of SingleSignOnService is not an http or https address. Correct it at the identity provider.',
    );
  }
  return location;
}

function signingCertificatesOf(role: Element): string[] {
  // A KeyDescriptor without `use` serves both purposes (Metadata 2.4.1.1).
  const certificates = childElements(role, NS.metadata, 'KeyDescriptor')
    .filter((key) => key.getAttribute('use') !== 'encryption')
    .flatMap((key) => descendants(key, NS.signature, 'X509Certificate'))
    .map((element) => certificatePem(text(element)));
  if (certificates.length === 0) {
    throw refuse(
      'It has no signing certificate (KeyDescriptor use="signing" with X509Certificate). Activate one at the identity provider and fetch the metadata again.',
    );
  }
  return [...new Set(certificates)];
}

function certificatePem(base64: string): string {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64')).toString();
  } catch (cause) {
    throw refuse(
      'A signing certificate in it cannot be read. Copy the whole metadata document again.',
      cause,
    );
  }
}

export async function fetchIdpMetadata(url: string): Promise<IdpMetadata> {
  if (!isHttpUrl(url)) throw refuse('The metadata URL must begin with https:// or http://.');
  return parseIdpMetadata(await download(url));
}

async function download(url: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!response.ok) {
      throw refuse(
        `The metadata URL answered ${response.status}. Open it in a browser: it must show XML without signing in.`,
      );
    }
    return await limitedText(response);
  } catch (error) {
    if (error instanceof SamlProblem) throw error;
    const late = error instanceof DOMException && error.name === 'TimeoutError';
    throw refuse(
      late
        ? `The metadata URL did not answer within ${FETCH_TIMEOUT_MS / 1000} seconds. Try again, or paste the XML.`
        : 'The metadata URL cannot be reached from this machine. Check the address, or paste the XML.',
      error,
    );
  }
}

async function limitedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES)
      throw refuse('The metadata is larger than 1 MiB. Paste the one EntityDescriptor to connect.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

export function serviceProviderMetadata(connection: { entityId: string; acsUrl: string }): string {
  return generateServiceProviderMetadata({
    issuer: connection.entityId,
    callbackUrl: connection.acsUrl,
    identifierFormat: EMAIL_NAME_ID,
    wantAssertionsSigned: true,
  });
}
