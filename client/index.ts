import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
import type { components, paths } from './schema.js';

export type Schemas = components['schemas'];
export type GatehouseClient = Client<paths>;

/**
 * The API with the types of its OpenAPI document: paths, parameters, bodies and answers that are not in it do not compile.
 *
 * @example
 * ```ts
 * const client = gatehouseClient({ baseUrl: 'https://gatehouse.example', headers: { authorization } });
 * const { data, error } = await client.GET('/v1/invoices', { params: { query: { limit: 50 } } });
 * ```
 */
export function gatehouseClient(options: ClientOptions = {}): GatehouseClient {
  return createClient<paths>({ ...options, headers: { accept: 'application/json', ...options.headers } });
}
