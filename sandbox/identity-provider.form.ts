import type { Request } from 'express';
import { z } from 'zod';
import { ApiError } from './api-error.js';
import { PageProblem } from './browser-error.js';
import { isForm, read } from './controls.http.js';
import { html, type Html } from './html.js';
import type { Connection } from './model.js';
import { fetchIdpMetadata, parseIdpMetadata } from './saml/metadata.js';
import { SamlProblem } from './saml/problem.js';

const idpSchema = z.union([
  z.strictObject({ url: z.url() }),
  z.strictObject({ xml: z.string().min(1) }),
  z.strictObject({ use: z.enum(['test-idp', 'none']) }),
]);

/** Whose responses a connection takes, as a form or a script says. */
export async function chosenIdentityProvider(request: Request): Promise<Connection['idp']> {
  const chosen = read(idpSchema, request);
  if ('use' in chosen) return chosen.use === 'none' ? null : 'test-idp';
  try {
    return 'url' in chosen ? await fetchIdpMetadata(chosen.url) : parseIdpMetadata(chosen.xml);
  } catch (error) {
    if (!(error instanceof SamlProblem)) throw error;
    if (isForm(request)) throw new PageProblem(400, error.title, error.detail);
    throw new ApiError(400, { message: `${error.title}. ${error.detail}` });
  }
}

export function identityProviderForms(connectionId: string, action: string): Html {
  return html`<form method="post" action="${action}">
      <label for="url-${connectionId}">IdP metadata URL</label>
      <input id="url-${connectionId}" name="url" type="url" required />
      <button>Save metadata URL</button>
    </form>
    <form method="post" action="${action}">
      <label for="xml-${connectionId}">or the metadata itself</label>
      <textarea id="xml-${connectionId}" name="xml" rows="5" required></textarea>
      <button>Save metadata</button>
    </form>
    <form method="post" action="${action}">
      <button class="quiet" name="use" value="test-idp">Use the Test Identity Provider</button>
    </form>`;
}

export function identityProviderName({ id, idp }: Connection): Html {
  if (idp === null) return html`none yet`;
  if (idp !== 'test-idp') return html`<code>${idp.entityId}</code>, signing in at <code>${idp.ssoUrl}</code>`;
  return html`<a href="/idp/${id}">Test Identity Provider</a> (<a href="/idp/${id}/metadata">metadata</a>)`;
}

/** What an administrator enters at the identity provider. */
export function serviceProviderValues(
  connectionId: string,
  provider: { acsUrl: string; entityId: string },
): Html {
  return html`<dt>ACS URL (Okta: Single sign-on URL)</dt>
    <dd><code>${provider.acsUrl}</code></dd>
    <dt>SP entity ID (Okta: Audience URI)</dt>
    <dd><code>${provider.entityId}</code></dd>
    <dt>SP metadata</dt>
    <dd><a href="/sso/saml/metadata/${connectionId}">/sso/saml/metadata/${connectionId}</a></dd>
    <dt>Attribute statements</dt>
    <dd><code>id</code>, <code>email</code>, <code>firstName</code>, <code>lastName</code></dd>`;
}
