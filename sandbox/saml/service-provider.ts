import { SAML } from '@node-saml/node-saml';
import type { Element } from '@xmldom/xmldom';
import { AcceptedAssertions } from './accepted-assertions.js';
import { checkAssertion, checkInResponseTo, checkIssuer } from './assertion.js';
import { authnRequest, redirectUrl } from './authn-request.js';
import { identityOf, type SamlIdentity } from './identity.js';
import type { IdpMetadata } from './metadata.js';
import { SamlProblem } from './problem.js';
import { readResponse, refuseErrorStatus, refuseSuspiciousShape, signaturesOf } from './response.js';
import { childElements, NS, text } from './xml.js';

export type { SamlIdentity } from './identity.js';

export interface SamlConnection {
  id: string;
  entityId: string;
  acsUrl: string;
  idp: IdpMetadata | null;
}

/** The service provider of every connection: HTTP-Redirect for requests (unsigned), HTTP-POST for responses. */
export class SamlServiceProvider {
  readonly #now: () => Date;
  readonly #accepted = new AcceptedAssertions();

  constructor(now: () => Date) {
    this.#now = now;
  }

  async startSignIn(
    connection: SamlConnection,
    options: { relayState: string; loginHint?: string; forceAuthn?: boolean },
  ): Promise<{ url: string; requestId: string }> {
    const { ssoUrl } = configured(connection);
    const { entityId, acsUrl } = connection;
    const request = authnRequest({
      entityId,
      acsUrl,
      ssoUrl,
      now: this.#now(),
      forceAuthn: options.forceAuthn,
    });
    return { url: redirectUrl(ssoUrl, request.xml, options), requestId: request.id };
  }

  /** Which request the response claims to answer; unproven, good only for finding the sign-in to check it against. */
  inResponseTo(samlResponse: string): string | null {
    return readResponse(samlResponse).getAttribute('InResponseTo');
  }

  /** `expectedRequestId` null: a sign-in that the identity provider began. */
  async finishSignIn(
    connection: SamlConnection,
    samlResponse: string,
    expectedRequestId: string | null,
  ): Promise<SamlIdentity> {
    const idp = configured(connection);
    const response = readResponse(samlResponse);
    checkInResponseTo(response.getAttribute('InResponseTo'), expectedRequestId);
    checkEnvelope(response, connection, idp);
    refuseErrorStatus(response);
    refuseSuspiciousShape(response);
    const now = this.#now();
    const assertion = checkAssertion(await verifiedAssertion(connection, idp, samlResponse, response), {
      issuer: idp.entityId,
      audience: connection.entityId,
      recipient: connection.acsUrl,
      inResponseTo: expectedRequestId,
      now,
    });
    const identity = identityOf(assertion);
    this.#accepted.accept(idp.entityId, assertion, now);
    return identity;
  }
}

function configured(connection: SamlConnection): IdpMetadata {
  if (connection.idp !== null) return connection.idp;
  throw new SamlProblem(
    'not_configured',
    'Save the metadata URL or the metadata XML of the identity provider first.',
  );
}

function checkEnvelope(response: Element, connection: SamlConnection, idp: IdpMetadata): void {
  const [issuer] = childElements(response, NS.assertion, 'Issuer');
  if (issuer !== undefined) checkIssuer(text(issuer), idp.entityId);
  const destination = response.getAttribute('Destination');
  if (destination === connection.acsUrl) return;
  // Only an unsigned Response may leave the destination out (Bindings 3.5.5.2); the assertion's recipient then decides.
  if (destination === null && childElements(response, NS.signature, 'Signature').length === 0) return;
  throw new SamlProblem(
    'destination',
    `The destination is "${destination ?? ''}". Set the single sign-on URL (ACS URL) at the identity provider to ${connection.acsUrl}`,
  );
}

/** The signed bytes of the assertion. Times and audience are switched off in the library: it knows only the clock of the process. */
async function verifiedAssertion(
  connection: SamlConnection,
  idp: IdpMetadata,
  samlResponse: string,
  response: Element,
): Promise<string> {
  const signed = signaturesOf(response);
  const library = new SAML({
    issuer: connection.entityId,
    callbackUrl: connection.acsUrl,
    idpCert: idp.certificates,
    wantAuthnResponseSigned: signed.response,
    wantAssertionsSigned: signed.assertion,
    audience: false,
    acceptedClockSkewMs: -1,
  });
  try {
    const { profile } = await library.validatePostResponseAsync({ SAMLResponse: samlResponse });
    const xml = profile?.getAssertionXml?.();
    if (xml === undefined) throw new Error('no assertion was verified');
    return xml;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (!/signature/i.test(reason))
      throw new SamlProblem('malformed', `The assertion is refused: ${reason}.`, { cause });
    throw new SamlProblem(
      'signature',
      'It was changed on its way or signed with another key. Save the identity provider metadata again if its certificate has changed.',
      { cause },
    );
  }
}
