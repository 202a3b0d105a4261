import express, { Router } from 'express';
import { codeRedirect } from './authorization.js';
import { CallbackProblem, PageProblem, redirecting } from './browser-error.js';
import { html, page } from './html.js';
import { isEmail } from './idp/people.js';
import type { Authorization } from './model.js';
import { single } from './parameters.js';
import type { Sandbox } from './sandbox.js';
import { linkUser, providerProfile } from './sign-in-records.js';

export const OAUTH_PROVIDERS: readonly string[] = [
  'AppleOAuth',
  'BitbucketOAuth',
  'GitHubOAuth',
  'GitLabOAuth',
  'GoogleOAuth',
  'IntuitOAuth',
  'LinkedInOAuth',
  'MicrosoftOAuth',
  'SalesforceOAuth',
  'SlackOAuth',
  'VercelMarketplaceOAuth',
  'VercelOAuth',
  'XeroOAuth',
];

/** A page that stands for Google and its like: whoever one says to be, one is. */
export function oauthProviderRoutes(sandbox: Sandbox): Router {
  const { state, clock } = sandbox;
  const router = express.Router();

  const find = (id: string): Authorization & { provider: string } => {
    const authorization = state.authorizations.get(id);
    const { provider } = authorization ?? {};
    if (!authorization || !provider || clock.isPast(authorization.expiresAt)) {
      throw new PageProblem(400, 'This sign-in is over', 'Start again in the application.');
    }
    return { ...authorization, provider };
  };

  router.get('/oauth/:id', ({ params: { id } }, response) => {
    const { provider, loginHint } = find(id);
    const name = provider.replace(/OAuth$/, '');
    const people = state.users.map(
      ({ email }) => html`<button name="email" value="${email}" formnovalidate>${email}</button>`,
    );
    const body = html`<h1>Sign in with ${name}</h1>
      <p class="quiet">This page of the sandbox stands for ${name}. No password is asked for.</p>
      <form class="card" method="post" action="/oauth/${id}">
        <label for="email">E-mail</label>
        <input id="email" name="email" type="email" autocomplete="off" value="${loginHint}" required />
        <button>Continue</button>
      </form>
      <form class="card people" method="post" action="/oauth/${id}">${people}</form>
      <form method="post" action="/oauth/${id}">
        <button class="quiet" name="deny" value="1">Refuse</button>
      </form>`;
    response.send(page(`Sign in with ${name}`, body));
  });

  router.post('/oauth/:id', async ({ params: { id }, body }, response) => {
    const authorization = find(id);
    await redirecting(response, authorization, () => {
      if (single(body, 'deny')) throw new CallbackProblem('access_denied', 'The user denied access.');
      const email = single(body, 'email');
      if (!isEmail(email))
        throw new PageProblem(400, 'This is not an e-mail address', 'Go back and write another.');
      const profile = providerProfile(sandbox, authorization.provider, email);
      if (authorization.api === 'sso') return codeRedirect(sandbox, authorization, { profile });
      const user = linkUser(sandbox, profile);
      state.record('authentication.oauth_succeeded', { type: 'oauth', ...outcome(user.id, email) }, null);
      return codeRedirect(sandbox, authorization, {
        user: {
          userId: user.id,
          organizationId: authorization.organizationId,
          method: authorization.provider,
          connectionId: null,
          browserSessionId: null,
          authenticatedAt: clock.now(),
        },
      });
    });
  });

  return router;
}

function outcome(userId: string, email: string): Record<string, unknown> {
  return { status: 'succeeded', ip_address: null, user_agent: null, user_id: userId, email };
}
