import type { Route } from '../auth/index.js';
import type { OpenapiDocument, Operation } from './document.js';
import { operationOf, tagOf } from './operation.js';
import { securitySchemes } from './operation-security.js';
import { SchemaRegistry } from './schema-registry.js';

const DESCRIPTION = `Callers send the session cookie, or \`Authorization: Bearer\` with an access token, an M2M token or an API key.

Every error is \`application/problem+json\` (RFC 9457) with a stable \`code\`. Lists come page by page: \`?limit=\` (1 to 100), \`?cursor=\` from the page before. Times are RFC 3339, in UTC. \`X-Request-Id\` is on every answer.`;

/** The document of these routes. One that answers to every method is there to refuse, and is left out. */
export function buildDocument(routes: readonly Route[], sessionCookie: string): OpenapiDocument {
  const schemas = new SchemaRegistry();
  const told = routes.filter(({ method }) => method !== 'ALL');
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of told) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operationOf(route, schemas);
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Gatehouse', version: '1', description: DESCRIPTION },
    tags: [...new Set(told.map(tagOf))].toSorted().map((name) => ({ name })),
    paths,
    components: { schemas: schemas.all(), securitySchemes: securitySchemes(sessionCookie) },
  };
}
