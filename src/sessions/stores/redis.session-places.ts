import type { Clock } from '../../common/clock.js';
import type { RedisClient } from '../../redis/redis.client.js';
import type { Redis } from '../../redis/redis.js';
import type { RedisSessionIndex } from './redis.session-index.js';
import { decode, pointerKey, recordKey, type Located } from './redis.session-value.js';

/** From the id of a session to wherever its record is. */
export class RedisSessionPlaces {
  constructor(
    private readonly redis: Redis,
    private readonly index: RedisSessionIndex,
    private readonly clock: Clock,
  ) {}

  /** The sessions of these ids that are not past their end. */
  async locate(ids: readonly string[]): Promise<Map<string, Located>> {
    const found = await this.visit(
      ids,
      (client, hash) => client.get(recordKey(hash)).then(located(hash)),
      isLive,
    );
    return this.current(found);
  }

  /** Deletes sessions with all that leads to them. @returns those that were not past their end */
  async remove(ids: readonly string[]): Promise<Map<string, Located>> {
    const gone = await this.visit(
      ids,
      (client, hash) => client.getDel(recordKey(hash)).then(located(hash)),
      isLive,
    );
    if (gone.size === 0) return gone;
    await this.redis.run((client) => Promise.all([...gone.keys()].map((id) => client.del(pointerKey(id)))));
    await this.index.drop([...gone.values()].map(({ record }) => record));
    return this.current(gone);
  }

  /**
   * Asks at every place where the session of an id may be, and again at those that became known meanwhile, until there is
   * a final answer or no new place. Ids without any answer are left out.
   */
  async visit<Answer>(
    ids: readonly string[],
    ask: (client: RedisClient, hash: string, id: string) => Promise<Answer | null>,
    isFinal: (answer: Answer) => boolean = () => true,
  ): Promise<Map<string, Answer>> {
    const answers = new Map<string, Answer>();
    const known = new Map<string, string>();
    let open = ids;
    while (open.length > 0) {
      const asked = open;
      const pointers = await this.redis.run((client) =>
        Promise.all(asked.map((id) => client.get(pointerKey(id)))),
      );
      const places = asked.flatMap((id, at) => {
        const pointer = pointers[at];
        if (typeof pointer !== 'string' || pointer === known.get(id)) return [];
        known.set(id, pointer);
        return [{ id, hashes: pointer.split(' ') }];
      });
      const given = await this.redis.run((client) =>
        Promise.all(places.map(({ id, hashes }) => Promise.all(hashes.map((hash) => ask(client, hash, id))))),
      );
      open = places.flatMap(({ id }, at) => {
        const all = (given[at] ?? []).filter((answer) => answer !== null);
        const answer = all.find(isFinal) ?? all[0];
        if (answer !== undefined) answers.set(id, answer);
        return answer !== undefined && isFinal(answer) ? [] : [id];
      });
    }
    return answers;
  }

  private current(found: ReadonlyMap<string, Located>): Map<string, Located> {
    return new Map([...found].filter(([, { record }]) => record.expiresAt > this.clock.now()));
  }
}

function located(hash: string): (value: string | null) => Located | null {
  return (value) => (value === null ? null : decode(value, hash));
}

function isLive({ pending }: Located): boolean {
  return !pending;
}
