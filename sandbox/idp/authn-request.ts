import { inflateRawSync } from 'node:zlib';
import type { Element } from '@xmldom/xmldom';
import { childElements, isElement, NS, parseXml, text } from '../saml/xml.js';

export interface ReceivedRequest {
  id: string;
  /** The person that the request names, if it names one. */
  subject: string | null;
  /** Whether a sign-in of before does not count (SAML Core 3.4.1). */
  forceAuthn: boolean;
}

/** Why a request is not answered; the text is for the page. */
export class RequestProblem extends Error {}

const MAX_BYTES = 64 * 1024;

/** Reads an AuthnRequest and holds it against the one application that this connection knows. */
export function readAuthnRequest(
  samlRequest: string,
  binding: 'redirect' | 'post',
  application: { entityId: string; acsUrl: string },
): ReceivedRequest {
  const request = parse(samlRequest, binding);
  const issuer = text(childElements(request, NS.assertion, 'Issuer')[0]);
  if (issuer !== application.entityId) {
    throw new RequestProblem(
      `The request comes from "${issuer}"; this application is "${application.entityId}".`,
    );
  }
  const acsUrl = request.getAttribute('AssertionConsumerServiceURL');
  if (acsUrl !== null && acsUrl !== application.acsUrl) {
    throw new RequestProblem(
      `The request wants its answer at ${acsUrl}; this application's ACS URL is ${application.acsUrl}.`,
    );
  }
  const [subject] = childElements(request, NS.assertion, 'Subject');
  const nameId = subject === undefined ? '' : text(childElements(subject, NS.assertion, 'NameID')[0]);
  const id = request.getAttribute('ID') ?? '';
  if (!isRequestId(id)) throw new RequestProblem('The request has no usable ID.');
  const forceAuthn = ['true', '1'].includes(request.getAttribute('ForceAuthn') ?? '');
  return { id, subject: nameId === '' ? null : nameId, forceAuthn };
}

export function isRequestId(value: string): boolean {
  return /^[A-Za-z_][\w.-]{0,199}$/.test(value);
}

function parse(samlRequest: string, binding: 'redirect' | 'post'): Element {
  try {
    const bytes = Buffer.from(samlRequest, 'base64');
    const xml = binding === 'redirect' ? inflateRawSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes;
    const request = parseXml(xml.toString('utf8')).documentElement;
    if (isElement(request, NS.protocol, 'AuthnRequest')) return request;
  } catch (cause) {
    throw new RequestProblem('The SAMLRequest cannot be read.', { cause });
  }
  throw new RequestProblem('The message is not a SAML 2.0 AuthnRequest.');
}
