import { startSandbox } from '../../dist/sandbox/server.js';

/** The sandbox in this process, as the variants need to know it. */
export async function startUpstream(appUrl = 'http://localhost:3000') {
  const { url, clientId, apiKey, state, close } = await startSandbox({ appUrl });
  const redirectUri = state.settings.defaultRedirectUri;
  const control = async (path, body, method = 'POST') => {
    const response = await fetch(`${url}/_sandbox${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`The sandbox refused ${path}: ${await response.text()}`);
    return response.json();
  };
  return { known: { url, clientId, apiKey, redirectUri }, control, close };
}
