import { createClient } from 'redis';

/** One connection to Redis. When it breaks it is done for; whoever opened it opens another. */
export type RedisClient = ReturnType<typeof newClient>;

/** Milliseconds to connect, greet and authenticate. */
const CONNECT_TIMEOUT = 2000;

/**
 * Opens one connection. It queues nothing while it is not connected and does not reconnect by itself, so a dead Redis
 * answers at once.
 * @param onLost called once, when an open connection breaks
 * @throws where no usable connection comes about in time; nothing is left behind then
 */
export async function openClient(url: string, onLost: (error: Error) => void): Promise<RedisClient> {
  const client = newClient(url);
  let failed: (error: Error) => void = () => undefined;
  let lost = false;
  let open = false;
  const broken = new Promise<never>((_, reject) => (failed = reject));
  client.on('error', (error: Error) => {
    failed(error);
    if (!open || lost) return;
    lost = true;
    client.destroy();
    onLost(error);
  });
  const timer = setTimeout(
    () => failed(new Error(`Redis did not answer within ${CONNECT_TIMEOUT} ms`)),
    CONNECT_TIMEOUT,
  );
  try {
    await Promise.race([client.connect(), broken]);
    open = true;
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function newClient(url: string) {
  return createClient({
    url,
    socket: { connectTimeout: CONNECT_TIMEOUT, reconnectStrategy: false },
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    // The client's own time-out ends with the writing of a command and makes a timer of each: ours covers the answer.
    commandOptions: { timeout: 0 },
  });
}
