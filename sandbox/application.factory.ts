import { WorkOS } from '@workos-inc/node';
import { ScriptedBrowser, type VisitedPage } from './scripted-browser.js';
import type { RunningSandbox } from './server.js';

/** From the identity provider's page through the assertion consumer service to wherever that leads. */
export async function throughIdp(
  browser: ScriptedBrowser,
  page: VisitedPage,
  fields: Record<string, string>,
): Promise<VisitedPage> {
  const form = 'error' in fields ? 'name="error"' : 'name="email"';
  return browser.submit(await browser.submit(page, fields, form), {}, 'SAMLResponse');
}

/** The authorize URL of an application whose redirect URI is the sandbox's default. */
export function authorizeUrl(
  { url, clientId, state }: RunningSandbox,
  api: 'sso' | 'user_management',
  parameters: Record<string, string>,
): string {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: state.settings.defaultRedirectUri,
    response_type: 'code',
    ...parameters,
  });
  return `${url}/${api}/authorize?${query.toString()}`;
}

/** Signs somebody in at the Test Identity Provider and answers the code that the application receives. */
export async function signInAtApp(
  sandbox: RunningSandbox,
  api: 'sso' | 'user_management',
  parameters: Record<string, string>,
  email: string,
): Promise<string> {
  const browser = new ScriptedBrowser(sandbox.url);
  const page = await browser.open(authorizeUrl(sandbox, api, parameters));
  const { url } = await throughIdp(browser, page, { email });
  const code = new URL(url).searchParams.get('code');
  if (code === null) throw new Error(`the application received no code: ${url}`);
  return code;
}

/** The real SDK, pointed at the sandbox. */
export function sdk({ url, apiKey, clientId }: RunningSandbox): WorkOS {
  const { hostname, port } = new URL(url);
  return new WorkOS(apiKey, {
    clientId,
    apiHostname: hostname,
    port: Number(port),
    https: false,
    maxRetries: 0,
  });
}
