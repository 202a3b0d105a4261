import { within } from '../common/deadline.js';
import { openClient } from '../redis/redis.client.js';
import type { Redis } from '../redis/redis.js';
import { CHANNEL } from './bus-message.js';
import type { BusLine, BusTransport } from './bus-transport.port.js';

/** Milliseconds for the answer to `SUBSCRIBE`. */
const PATIENCE = 2000;

/** Publish and subscribe. One connection listens; what is said goes through the one for commands. */
export class RedisTransport implements BusTransport {
  constructor(
    private readonly url: string,
    private readonly redis: Redis,
  ) {}

  async listen(hear: (text: string) => void, lost: (reason: Error) => void): Promise<BusLine> {
    const client = await openClient(this.url, lost);
    // One that broke is closed already, and would complain.
    const close = () => {
      if (client.isOpen) client.destroy();
    };
    try {
      await within(PATIENCE, client.subscribe(CHANNEL, hear));
    } catch (error) {
      close();
      throw error;
    }
    return { close };
  }

  async send(text: string): Promise<void> {
    await this.redis.run((client) => client.publish(CHANNEL, text));
  }
}
