import type { Handshakes } from '../access/handshakes.service.js';

/** The handlers of one client, each of whose messages is done for whoever opened the socket. */
export function entering<Handler extends { readonly callback: (...message: unknown[]) => unknown }>(
  handshakes: Handshakes,
  client: object,
  handlers: readonly Handler[],
): Handler[] {
  return handlers.map((handler) => ({
    ...handler,
    callback: (...message: unknown[]) => handshakes.within(client, () => handler.callback(...message)),
  }));
}
