const prepared = new WeakSet<object>();

/** Remembers that a server hands on the bodies of webhooks as the bytes that came. */
export function markRawBodies(server: object): void {
  prepared.add(server);
}

export function keepsRawBodies(server: object): boolean {
  return prepared.has(server);
}
