/** SQLSTATE classes and socket errors that say "not now": 08 connection, 53 resources, 57 operator, and node's own. */
const UNAVAILABLE = /^(?:08|53|57)|^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;

/** Whether an error says that a store cannot be asked now, and so says nothing about what was asked. */
export function isOutage(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && UNAVAILABLE.test(code)) return true;
  // pg reports its own time-outs and lost connections by message alone.
  return (
    typeof message === 'string' &&
    /timeout|Connection terminated|connection error|Cannot use a pool/i.test(message)
  );
}
