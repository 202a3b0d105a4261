import type { Element } from '@xmldom/xmldom';
import { SamlProblem } from './problem.js';
import { childElements, descendants, isElement, NS, parseXml, text, XmlProblem } from './xml.js';

const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const MAX_CHARACTERS = 256 * 1024;
const ALGORITHMS = new Set([
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
  'http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1',
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmlenc#sha512',
]);

const malformed = (detail: string, cause?: unknown) => new SamlProblem('malformed', detail, { cause });

/** The Response element as it came. Nothing in it is proven: only what `SamlServiceProvider` takes from signed bytes is. */
export function readResponse(samlResponse: string): Element {
  if (samlResponse.length > MAX_CHARACTERS) throw malformed('The SAMLResponse is larger than 256 KiB.');
  const base64 = samlResponse.replace(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    throw malformed(
      'The form field SAMLResponse is missing or is not base64. Post it as the HTTP-POST binding says.',
    );
  }
  const root = parsed(Buffer.from(base64, 'base64').toString('utf8'));
  if (!isElement(root, NS.protocol, 'Response')) throw malformed('The message is not a SAML 2.0 Response.');
  return root;
}

function parsed(xml: string): Element {
  try {
    return parseXml(xml).documentElement;
  } catch (error) {
    if (error instanceof XmlProblem) throw malformed(`The SAMLResponse is refused: ${error.message}.`, error);
    throw error;
  }
}

export function refuseErrorStatus(response: Element): void {
  const [status] = childElements(response, NS.protocol, 'Status');
  const [code] = status === undefined ? [] : childElements(status, NS.protocol, 'StatusCode');
  const value = code?.getAttribute('Value') ?? '';
  if (status === undefined || code === undefined || value === '')
    throw malformed('The Response has no status.');
  if (value === SUCCESS) return;
  const [inner] = childElements(code, NS.protocol, 'StatusCode');
  const specific = inner?.getAttribute('Value') ?? value;
  const message = text(childElements(status, NS.protocol, 'StatusMessage')[0]);
  throw new SamlProblem(
    'idp_status',
    `Status ${specific.split(':').at(-1)}${message === '' ? '' : `: ${message}`}. The reason stands in the identity provider's log; often the person is not assigned to the application.`,
    { idpStatus: specific },
  );
}

/** The shape that leaves no room for signature wrapping, before any signature is looked at. */
export function refuseSuspiciousShape(response: Element): void {
  if (descendants(response, NS.assertion, 'EncryptedAssertion').length > 0) {
    throw malformed('The assertion is encrypted. Switch assertion encryption off at the identity provider.');
  }
  const assertions = descendants(response, NS.assertion, 'Assertion');
  if (assertions.length !== 1 || childElements(response, NS.assertion, 'Assertion').length !== 1) {
    throw new SamlProblem(
      'signature',
      `The Response must hold exactly one assertion, as its direct child, and holds ${assertions.length}.`,
    );
  }
}

/** Every signature that stands there must hold, and one of the two must stand there. */
export function signaturesOf(response: Element): { response: boolean; assertion: boolean } {
  const [assertion] = childElements(response, NS.assertion, 'Assertion');
  const signed = {
    response: childElements(response, NS.signature, 'Signature').length > 0,
    assertion: assertion !== undefined && childElements(assertion, NS.signature, 'Signature').length > 0,
  };
  if (!signed.response && !signed.assertion) {
    throw new SamlProblem(
      'signature',
      'Neither the assertion nor the Response is signed. Switch assertion signing on at the identity provider.',
    );
  }
  refuseWeakAlgorithms(response);
  return signed;
}

function refuseWeakAlgorithms(response: Element): void {
  for (const name of ['SignatureMethod', 'DigestMethod']) {
    for (const element of descendants(response, NS.signature, name)) {
      const algorithm = element.getAttribute('Algorithm') ?? '';
      if (ALGORITHMS.has(algorithm)) continue;
      throw new SamlProblem(
        'signature',
        `${name} ${algorithm} is not accepted. Choose RSA-SHA256 with SHA-256 digests at the identity provider.`,
      );
    }
  }
}
