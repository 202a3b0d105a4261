import { createHash } from 'node:crypto';
import { ErrorReply } from 'redis';
import type { RedisClient } from './redis.client.js';

/** A Lua script: sent by its hash, and whole where the server does not know it (again). */
export class RedisScript {
  private readonly sha: string;

  constructor(private readonly source: string) {
    this.sha = createHash('sha1').update(source).digest('hex');
  }

  /** All keys of one call are of one slot. */
  async run(
    client: RedisClient,
    keys: string[],
    values: readonly (string | number)[] = [],
  ): Promise<unknown> {
    const options = { keys, arguments: values.map(String) };
    try {
      return await client.evalSha(this.sha, options);
    } catch (error) {
      if (!(error instanceof ErrorReply) || !error.message.startsWith('NOSCRIPT')) throw error;
      return client.eval(this.source, options);
    }
  }
}
