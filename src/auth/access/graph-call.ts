import type { IncomingMessage } from 'node:http';
import type { Connection, IncomingCall } from './incoming-call.js';

/** What Nest's drivers, or a host's own `context`, give resolvers. */
interface GraphContext {
  readonly req?: unknown;
}

/** The context of an operation over `graphql-ws`. */
interface Subscription {
  readonly connectionParams?: Readonly<Record<string, unknown>> | undefined;
  readonly extra: { readonly request: IncomingMessage; readonly socket?: Connection };
}

/** `[parent, arguments, context, info]` of a resolver. */
export function graphCallOf(resolver: readonly unknown[]): IncomingCall {
  const [, parameters, context, info] = resolver;
  const { operation } = (info as { operation: { operation: string } }).operation;
  const common = {
    kind: 'graphql' as const,
    // A subscription shows what others do; only a mutation does something.
    isSafe: operation !== 'mutation',
    parameters: (parameters ?? {}) as Readonly<Record<string, unknown>>,
  };
  const carrier = (context as GraphContext | undefined)?.req;
  if (isRequest(carrier)) return { ...common, request: carrier, carrier, connection: null };
  const subscription = [carrier, context].find(isSubscription);
  if (!subscription)
    throw new TypeError('The context of GraphQL must hold the request, as `req`, or as `extra.request`.');
  return {
    ...common,
    request: withParams(subscription),
    carrier: subscription,
    connection: subscription.extra.socket ?? null,
  };
}

/** A browser cannot set a header on a socket: its token comes in the first message, as `Authorization`. */
function withParams({ connectionParams, extra: { request } }: Subscription): IncomingMessage {
  const value = connectionParams?.['Authorization'] ?? connectionParams?.['authorization'];
  if (typeof value !== 'string') return request;
  const rawHeaders = [...request.rawHeaders, 'Authorization', value];
  const headers = { ...request.headers, authorization: value };
  return Object.create(request, {
    headers: { value: headers },
    rawHeaders: { value: rawHeaders },
  }) as typeof request;
}

function isRequest(value: unknown): value is IncomingMessage {
  return typeof value === 'object' && value !== null && 'headers' in value;
}

function isSubscription(value: unknown): value is Subscription {
  if (typeof value !== 'object' || value === null || !('extra' in value)) return false;
  const extra = value.extra;
  return typeof extra === 'object' && extra !== null && 'request' in extra && isRequest(extra.request);
}
