import { ScriptedBrowser } from '../../dist/sandbox/scripted-browser.js';

const EMAIL = 'ada@acme.com';
const ORGANIZATION = 'org_01HGATEH0VSEACME0000000001';

/** Signs somebody in over AuthKit and returns the code that the application receives. */
export async function codeFromSandbox({ url, clientId, redirectUri }) {
  const browser = new ScriptedBrowser(url);
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    organization_id: ORGANIZATION,
  });
  const idp = await browser.open(`${url}/user_management/authorize?${query}`);
  const answer = await browser.submit(idp, { email: EMAIL }, 'name="email"');
  const end = await browser.submit(answer, {}, 'SAMLResponse');
  const code = new URL(end.url).searchParams.get('code');
  if (!code) throw new Error(`The sandbox gave no code: ${end.url}\n${end.text.slice(0, 500)}`);
  return code;
}

/** How WorkOS's SDK is pointed at the sandbox. */
export function sdkOptions({ url, clientId }) {
  const { hostname, port } = new URL(url);
  return { clientId, apiHostname: hostname, port: Number(port), https: false };
}

export const COOKIE_PASSWORD = 'a-password-of-the-bench-that-is-long-enough';
