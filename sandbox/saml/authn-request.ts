import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { html as xml } from '../html.js';
import { NS } from './xml.js';

export interface AuthnRequest {
  entityId: string;
  acsUrl: string;
  ssoUrl: string;
  now: Date;
  forceAuthn?: boolean | undefined;
}

/**
 * Built here and not by the SAML library, which takes the time from the process and not from the sandbox's clock.
 * The login hint stays out of it: a Subject obliges the identity provider to sign in that very person (Core 3.4.1),
 * and a hint does not.
 */
export function authnRequest(request: AuthnRequest): { id: string; xml: string } {
  const id = `_${randomBytes(16).toString('hex')}`;
  const { markup } = xml`<samlp:AuthnRequest xmlns:samlp="${NS.protocol}" xmlns:saml="${NS.assertion}"
 ID="${id}" Version="2.0" IssueInstant="${request.now.toISOString()}" Destination="${request.ssoUrl}"
 AssertionConsumerServiceURL="${request.acsUrl}" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
${request.forceAuthn === true && xml` ForceAuthn="true"`}><saml:Issuer>${request.entityId}</saml:Issuer
><samlp:NameIDPolicy AllowCreate="true"/></samlp:AuthnRequest>`;
  return { id, xml: markup };
}

/** HTTP-Redirect binding (Bindings 3.4.4.1). A query that the identity provider's own URL carries is kept. */
export function redirectUrl(
  ssoUrl: string,
  request: string,
  options: { relayState: string; loginHint?: string | undefined },
): string {
  const url = new URL(ssoUrl);
  url.searchParams.set('SAMLRequest', deflateRawSync(request).toString('base64'));
  url.searchParams.set('RelayState', options.relayState);
  if (options.loginHint !== undefined) url.searchParams.set('login_hint', options.loginHint);
  return url.href;
}
