import express, { Router } from 'express';
import { z } from 'zod';
import { ApiError, notFound } from '../api-error.js';
import { codeRedirect } from '../authorization.js';
import { isForm, read } from '../controls.http.js';
import { html, type Html } from '../html.js';
import type { Sandbox } from '../sandbox.js';

const schema = z.strictObject({
  user_id: z.string(),
  organization_id: z
    .string()
    .transform((id) => (id === '' ? null : id))
    .nullable()
    .default(null),
  impersonator: z.email().default('support@workos-sandbox.example'),
  reason: z.string().min(1, 'WorkOS wants a reason'),
});

/**
 * The "Impersonate" button of the dashboard: the browser arrives at the application with a code that nobody there
 * asked for, hence without state.
 */
export function impersonationControls(sandbox: Sandbox): Router {
  const { state, clock } = sandbox;
  const router = express.Router();

  router.post('/', (request, response) => {
    const {
      user_id: userId,
      organization_id: organizationId,
      impersonator: email,
      reason,
    } = read(schema, request);
    if (!state.user(userId)) throw notFound('user', userId);
    if (organizationId !== null && !state.membership(userId, organizationId)) {
      throw new ApiError(400, { message: 'The user is not an active member of the organization.' });
    }
    const callback = { redirectUri: state.settings.defaultRedirectUri, state: null, codeChallenge: null };
    const user = {
      userId,
      organizationId,
      method: 'Impersonation',
      connectionId: null,
      browserSessionId: null,
      authenticatedAt: clock.now(),
      impersonator: { email, reason },
    };
    const url = codeRedirect(sandbox, callback, { user });
    if (isForm(request)) response.redirect(303, url);
    else response.json({ url, code: new URL(url).searchParams.get('code') });
  });

  return router;
}

export function impersonationForm({ state }: Sandbox): Html {
  return html`<form class="card" method="post" action="/_sandbox/impersonations">
    <h2>Impersonate</h2>
    <p class="quiet">Opens the application as somebody else, for an hour.</p>
    <label for="impersonated">Person</label>
    <select id="impersonated" name="user_id">
      ${state.users.map(({ id, email }) => html`<option value="${id}">${email}</option>`)}
    </select>
    <label for="reason">Reason</label>
    <input id="reason" name="reason" value="Support request" required />
    <button>Impersonate</button>
  </form>`;
}
