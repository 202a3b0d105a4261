import type { Redis } from '../../redis/redis.js';
import { subjectsOf, type SessionRecord, type Subject } from '../session-record.js';
import { MARK_LIFETIME } from '../session-store.port.js';
import { ENLIST, MARK } from './redis.scripts.js';
import { goneAt, subjectKeys } from './redis.session-value.js';

/** Which sessions a subject has, and when it was revoked last. */
export class RedisSessionIndex {
  constructor(private readonly redis: Redis) {}

  /** Puts a session on the lists of all its subjects. False where one of them was revoked since `startedAt`. */
  async enlist(record: SessionRecord, startedAt: Date, now: Date): Promise<boolean> {
    const values = [record.id, goneAt(record), startedAt.getTime(), now.getTime()];
    const answers = await this.redis.run((client) =>
      Promise.all(
        subjectsOf(record).map((subject) => {
          const { sessions, revoked } = subjectKeys(subject);
          return ENLIST.run(client, [sessions, revoked], values);
        }),
      ),
    );
    return answers.every((answer) => answer === 1);
  }

  /** Takes sessions that are gone for good off all their lists. */
  async drop(records: readonly SessionRecord[]): Promise<void> {
    await this.redis.run((client) =>
      Promise.all(
        records.flatMap((record) =>
          subjectsOf(record).map((subject) => client.zRem(subjectKeys(subject).sessions, record.id)),
        ),
      ),
    );
  }

  async isRevoked(subjects: readonly Subject[], since: Date, sessionId?: string): Promise<boolean> {
    const marks = await this.redis.run((client) =>
      Promise.all(subjects.map((subject) => client.get(subjectKeys(subject).revoked))),
    );
    return marks.some((mark) => mark !== null && means(mark, since.getTime(), sessionId));
  }

  async mark(subject: Subject, at: Date, spared = ''): Promise<void> {
    const { revoked } = subjectKeys(subject);
    await this.redis.run((client) => MARK.run(client, [revoked], [at.getTime(), MARK_LIFETIME, spared]));
  }

  /** Ids of sessions that have not run out, some of which may be gone. All of them, or as many as are asked for. */
  list(subject: Subject, now: Date, count = -1): Promise<string[]> {
    const { sessions } = subjectKeys(subject);
    return this.redis.run((client) =>
      client.zRange(sessions, `(${now.getTime()}`, '+inf', { BY: 'SCORE', LIMIT: { offset: 0, count } }),
    );
  }
}

/** A mark is a time; then, where it spared a session, that one and when it was last meant itself. */
function means(mark: string, since: number, sessionId: string | undefined): boolean {
  const [at, spared, hitAt] = mark.split(' ');
  if (Number(at) < since) return false;
  return spared === undefined || spared !== sessionId || (hitAt !== undefined && Number(hitAt) >= since);
}
