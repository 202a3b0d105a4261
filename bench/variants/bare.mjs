import { createRoute } from './route.mjs';

/** A route of Nest on Express with nothing before it. It gets a session cookie too, and does not look at it. */
export async function start() {
  return { app: await createRoute(), headers: { Cookie: `session=${'x'.repeat(43)}` } };
}
