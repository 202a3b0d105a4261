import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { ProblemError } from '../../common/problem-error.js';
import { OpenConnections } from './open-connections.js';
import { CredentialReader } from '../credentials/passport.provider.js';

class Holder extends CredentialReader {
  answer: () => Promise<boolean> = async () => true;

  recognize(): undefined {
    return undefined;
  }

  async read(): Promise<null> {
    return null;
  }

  override holds(): Promise<boolean> {
    return this.answer();
  }
}

const request = new IncomingMessage(new Socket());
let holder: Holder;
let connections: OpenConnections;
let ended: string[];
beforeEach(() => {
  jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  jest.useFakeTimers();
  holder = new Holder();
  connections = new OpenConnections(holder);
  ended = [];
});
afterEach(() => {
  connections.onApplicationShutdown();
  jest.useRealTimers();
  jest.restoreAllMocks();
});

const watch = (name: string, key: object = {}) => {
  connections.watch(key, request, () => ended.push(name));
  return key;
};

describe('a connection that stays open', () => {
  it('stays while its credential is good, and is ended within two seconds of its end', async () => {
    watch('one');
    await jest.advanceTimersByTimeAsync(60_000);
    expect(ended).toEqual([]);
    holder.answer = async () => false;
    await jest.advanceTimersByTimeAsync(2000);
    expect(ended).toEqual(['one']);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(ended).toEqual(['one']);
  });

  it('stays where it cannot be said, as a session does', async () => {
    watch('one');
    holder.answer = () => Promise.reject(new ProblemError('store_unavailable'));
    await jest.advanceTimersByTimeAsync(10_000);
    expect(ended).toEqual([]);
    holder.answer = async () => false;
    await jest.advanceTimersByTimeAsync(2000);
    expect(ended).toEqual(['one']);
  });

  it('is ended on a fault of ours', async () => {
    watch('one');
    holder.answer = () => Promise.reject(new TypeError('bug'));
    await jest.advanceTimersByTimeAsync(2000);
    expect(ended).toEqual(['one']);
  });

  it('is not ended after it was closed, also where that is looked into just then', async () => {
    const key = watch('one');
    const answer = Promise.withResolvers<boolean>();
    holder.answer = () => answer.promise;
    await jest.advanceTimersByTimeAsync(2000);
    connections.forget(key);
    answer.resolve(false);
    await jest.advanceTimersByTimeAsync(2000);
    expect(ended).toEqual([]);
  });

  it('is looked at beside others that take long, and leaves no timer behind', async () => {
    watch('slow');
    const slow = Promise.withResolvers<boolean>();
    holder.answer = () => slow.promise;
    await jest.advanceTimersByTimeAsync(2000);
    watch('quick');
    holder.answer = async () => false;
    await jest.advanceTimersByTimeAsync(2000);
    expect(ended).toEqual(['quick']);
    slow.resolve(false);
    await jest.advanceTimersByTimeAsync(0);
    expect(ended).toEqual(['quick', 'slow']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
