export type SamlProblemCode =
  | 'idp_status'
  | 'signature'
  | 'audience'
  | 'destination'
  | 'in_response_to'
  | 'time_window'
  | 'replayed'
  | 'missing_attribute'
  | 'malformed'
  | 'not_configured'
  | 'metadata'
  | 'issuer';

const TITLES: Record<SamlProblemCode, string> = {
  idp_status: 'The identity provider answered with an error',
  signature: 'The signature does not hold',
  audience: 'The assertion was made for another service',
  destination: 'The response was sent to another address',
  in_response_to: 'The response does not belong to this sign-in',
  time_window: 'The assertion is not valid now',
  replayed: 'The assertion was already used',
  missing_attribute: 'An attribute is missing',
  malformed: 'The SAML message cannot be read',
  not_configured: 'The connection has no identity provider yet',
  metadata: 'The identity provider metadata cannot be used',
  issuer: 'The response comes from another identity provider',
};

export interface SamlProblemOptions {
  idpStatus?: string | undefined;
  cause?: unknown;
}

/** A refusal on the SAML leg. `detail` is for the person who configures the connection: what is wrong and how to mend it. */
export class SamlProblem extends Error {
  readonly code: SamlProblemCode;
  readonly title: string;
  readonly detail: string;
  /** The most specific SAML status code URI; only where `code` is `idp_status`. */
  readonly idpStatus?: string;

  constructor(code: SamlProblemCode, detail: string, options: SamlProblemOptions = {}) {
    super(`${TITLES[code]}: ${detail}`, { cause: options.cause });
    this.name = 'SamlProblem';
    this.code = code;
    this.title = TITLES[code];
    this.detail = detail;
    if (options.idpStatus !== undefined) this.idpStatus = options.idpStatus;
  }
}
