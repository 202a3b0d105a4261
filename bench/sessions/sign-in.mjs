import { ScriptedBrowser } from '../../dist/sandbox/scripted-browser.js';

/**
 * Signs Ada in over the service's own pages and the sandbox's.
 * @returns the session cookie, as a browser sends it
 */
export async function signIn(origin, sandboxUrl, email = 'ada@acme.com') {
  const start = await fetch(`${origin}/auth/login?email=${encodeURIComponent(email)}`, {
    redirect: 'manual',
  });
  const pending = cookiesOf(start);
  const browser = new ScriptedBrowser(sandboxUrl);
  const idp = await browser.open(start.headers.get('location'));
  const answer = await browser.submit(idp, { email }, 'name="email"');
  const callback = await browser.submit(answer, {}, 'SAMLResponse');
  const end = await fetch(callback.url, { redirect: 'manual', headers: { cookie: pending } });
  const session = cookiesOf(end)
    .split('; ')
    .find((cookie) => cookie.startsWith('session='));
  if (session === undefined) throw new Error(`The sign-in failed: ${end.status} ${await end.text()}`);
  return session;
}

function cookiesOf(response) {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}
