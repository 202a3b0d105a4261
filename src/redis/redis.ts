import { Logger } from '@nestjs/common';
import { ProblemError } from '../common/problem-error.js';
import { retryDelay } from '../common/retry-delay.js';
import { openClient, type RedisClient } from './redis.client.js';

/** Milliseconds for the answer to a command, or to several that are sent together. */
const ANSWER_TIMEOUT = 1500;

/**
 * The connection that commands go through. It comes back by itself; while it is away every command fails at once. A
 * server that takes commands and answers none is found out by the first that waits too long, and the connection is given
 * up, so that the next ones need not wait as well.
 */
export class Redis {
  private readonly logger = new Logger('Redis');
  private client: RedisClient | null = null;
  private retry: NodeJS.Timeout | undefined;
  private answers = 0;
  private closed = false;
  private reason: unknown = new Error('not connected yet');

  constructor(private readonly url: string) {}

  /** Resolves after the first attempt, whatever came of it. */
  async start(): Promise<void> {
    await this.connect(0);
  }

  /**
   * Runs commands that are sent together, and waits for their answers.
   * @throws {ProblemError} `store_unavailable`, whatever went wrong: what was not answered is not known
   */
  async run<Result>(send: (client: RedisClient) => Promise<Result>): Promise<Result> {
    const { client, answers } = this;
    if (!client) throw unavailable(this.reason);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const error = new Error(`Redis did not answer within ${ANSWER_TIMEOUT} ms`);
        reject(error);
        if (this.answers === answers) this.giveUp(client, error);
      }, ANSWER_TIMEOUT);
    });
    try {
      const result = await Promise.race([send(client), late]);
      this.answers += 1;
      return result;
    } catch (error) {
      throw unavailable(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async ping(): Promise<void> {
    await this.run((client) => client.ping());
  }

  /** Leaves no handle behind. Commands that are under way fail. */
  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
    this.client?.destroy();
    this.client = null;
  }

  private async connect(failures: number): Promise<void> {
    try {
      const client = await openClient(this.url, (error) => this.lose(client, error));
      if (this.closed) {
        client.destroy();
        return;
      }
      if (failures > 0) this.logger.log('Redis is back');
      this.client = client;
    } catch (error) {
      if (failures === 0) this.logger.warn({ err: error }, 'Redis cannot be reached');
      this.reason = error;
      this.connectLater(failures + 1);
    }
  }

  private connectLater(failures: number): void {
    if (this.closed) return;
    this.retry = setTimeout(() => void this.connect(failures), retryDelay(failures));
    this.retry.unref();
  }

  private giveUp(client: RedisClient, error: Error): void {
    client.destroy();
    this.lose(client, error);
  }

  private lose(client: RedisClient, error: Error): void {
    if (this.client !== client) return;
    this.client = null;
    this.reason = error;
    this.logger.warn({ err: error }, 'the connection to Redis was lost');
    this.connectLater(1);
  }
}

function unavailable(cause: unknown): ProblemError {
  return new ProblemError('store_unavailable', { cause });
}
