// oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 passes a rejected promise on to the error handler
import express from 'express';
import type { IdpMetadata } from '../saml/metadata.js';
import { encodeResponse, errorResponseXml, responseXml, signResponse } from './assertion.js';
import { isRequestId, readAuthnRequest, RequestProblem } from './authn-request.js';
import { identityProviderMetadata } from './metadata.js';
import { continuePage, problemPage, signInPage, startPage } from './pages.js';
import { isEmail, personFor, type TestIdpPerson } from './people.js';
import { createSigningKey, type SigningKey } from './signing-key.js';

export type { TestIdpPerson } from './people.js';

export interface TestIdpConnection {
  id: string;
  acsUrl: string;
  entityId: string;
  organizationName: string;
  people: TestIdpPerson[];
  /** Where the application begins a sign-in of its own; the start page links to it. */
  applicationUrl?: string;
}

export interface TestIdpOptions {
  baseUrl: () => string;
  now: () => Date;
  connection: (id: string) => TestIdpConnection | null;
  /** See `keyPair`. */
  privateKey?: string | undefined;
}

type Fields = Record<string, unknown>;

const CONTINUE_SCRIPT = `document.getElementById('continue').submit();\n`;

/** An identity provider for each connection, one key for all, no password: whoever asks is whoever they say. */
export class TestIdp {
  readonly #options: TestIdpOptions;
  #key: Promise<SigningKey> | undefined;

  constructor(options: TestIdpOptions) {
    this.#options = options;
  }

  async metadata(connectionId: string): Promise<IdpMetadata> {
    const entityId = this.#entityId(connectionId);
    const { certificate } = await this.#signingKey();
    return { entityId, ssoUrl: `${entityId}/sso`, certificates: [certificate] };
  }

  router(): express.Router {
    const router = express.Router();
    router.use(express.urlencoded({ extended: false, limit: '256kb' }));
    router.get('/continue.js', (_request, response) => {
      response.type('text/javascript').send(CONTINUE_SCRIPT);
    });
    router.param('connectionId', (_request, response, next, id: string) => {
      const connection = this.#options.connection(id);
      response.locals['connection'] = connection;
      if (connection !== null) return next();
      response.status(404).send(problemPage('No such connection', `There is no connection ${id} here.`));
    });
    router.get('/:connectionId', (request, response) => {
      response.send(this.#startPage(connectionOf(response), request.query));
    });
    router.get('/:connectionId/metadata', async (request, response) => {
      const metadata = identityProviderMetadata(await this.metadata(request.params.connectionId));
      response.type('application/xml').send(metadata);
    });
    router.get('/:connectionId/sso', (request, response) => {
      this.#askWho(response, request.query, 'redirect');
    });
    router.post('/:connectionId/sso', (request, response) => {
      this.#askWho(response, { ...request.query, ...fieldsOf(request) }, 'post');
    });
    router.post('/:connectionId/respond', async (request, response) => {
      await this.#respond(response, fieldsOf(request), `${request.baseUrl}/continue.js`);
    });
    return router;
  }

  #startPage(connection: TestIdpConnection, fields: Fields): string {
    return startPage(connection, {
      respondUrl: this.#respondUrl(connection),
      relayState: string(fields, 'RelayState'),
      requestId: null,
    });
  }

  #askWho(response: express.Response, fields: Fields, binding: 'redirect' | 'post'): void {
    const connection = connectionOf(response);
    try {
      const request = readAuthnRequest(string(fields, 'SAMLRequest'), binding, connection);
      const reply = {
        respondUrl: this.#respondUrl(connection),
        relayState: string(fields, 'RelayState'),
        requestId: request.id,
      };
      const hint = string(fields, 'login_hint') || (request.subject ?? '');
      response.send(signInPage(connection, reply, { hint, isForced: request.forceAuthn }));
    } catch (error) {
      if (!(error instanceof RequestProblem)) throw error;
      response.status(400).send(problemPage('This sign-in request cannot be answered', error.message));
    }
  }

  async #respond(response: express.Response, fields: Fields, scriptUrl: string): Promise<void> {
    const connection = connectionOf(response);
    const requestId = string(fields, 'requestId');
    const envelope = {
      issuer: this.#entityId(connection.id),
      destination: connection.acsUrl,
      inResponseTo: isRequestId(requestId) ? requestId : null,
      now: this.#options.now(),
    };
    const email = string(fields, 'email');
    let xml: string;
    if (fields['error'] !== undefined) {
      const message = 'The Test Identity Provider was asked to answer with an error';
      xml = signResponse(errorResponseXml({ ...envelope, message }), await this.#signingKey(), 'response');
    } else if (isEmail(email)) {
      const person = personFor(email, connection.people);
      const assertion = {
        ...envelope,
        audience: connection.entityId,
        nameId: person.email,
        attributes: attributes(person),
      };
      xml = signResponse(responseXml(assertion), await this.#signingKey());
    } else {
      response.status(400).send(problemPage('Who are you?', 'Go back and type an e-mail address.'));
      return;
    }
    response.set('Cache-Control', 'no-store');
    response.send(
      continuePage(connection.acsUrl, encodeResponse(xml), string(fields, 'RelayState'), scriptUrl),
    );
  }

  #entityId(connectionId: string): string {
    return `${this.#options.baseUrl()}/idp/${encodeURIComponent(connectionId)}`;
  }

  #respondUrl(connection: TestIdpConnection): string {
    return `${this.#entityId(connection.id)}/respond`;
  }

  #signingKey(): Promise<SigningKey> {
    this.#key ??= createSigningKey(this.#options.now(), this.#options.privateKey);
    return this.#key;
  }
}

function attributes(person: TestIdpPerson): Record<string, string> {
  return { id: person.idpId, email: person.email, firstName: person.firstName, lastName: person.lastName };
}

function connectionOf(response: express.Response): TestIdpConnection {
  return response.locals['connection'] as TestIdpConnection;
}

function fieldsOf(request: express.Request): Fields {
  return (request.body ?? {}) as Fields;
}

function string(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}
