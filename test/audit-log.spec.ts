import { Logger } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AuditLog } from '../src/audit/audit-log.service.js';
import { Exposition } from '../src/prometheus/exposition.js';
import { EventStage } from './support/event-stage.js';

describe('what is recorded with a change', () => {
  let stage: EventStage;
  let said: string[];
  beforeAll(async () => {
    stage = await EventStage.open();
  });
  beforeEach(async () => {
    await stage.clear();
    said = [];
    jest.spyOn(Logger.prototype, 'log').mockImplementation((...words: unknown[]) => {
      said.push(String(words[1]));
    });
  });
  afterEach(() => void jest.restoreAllMocks());
  afterAll(() => stage.close());

  const change = (meanwhile: () => void = () => undefined) =>
    stage.database.transaction().execute(async (trx) => {
      await stage.get(AuditLog).recordIn(trx, { action: 'session.ended', reason: 'signed_out' });
      meanwhile();
    });
  const stored = () => stage.rows('select action from audit_events');
  const counted = async () =>
    /gatehouse_sessions_ended_total\{reason="signed_out"\} (\d+)/.exec(
      await stage.get(Exposition).text(),
    )?.[1] ?? '0';

  it('is neither said nor counted where the change is undone, and once where it is done anew', async () => {
    const undone = change(() => {
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect([said, await stored(), await counted()]).toEqual([[], [], '0']);
    await change();
    expect([said, await stored(), await counted()]).toEqual([
      ['session.ended'],
      [{ action: 'session.ended' }],
      '1',
    ]);
  });

  it('is said once it stands', async () => {
    await change(() => expect(said).toEqual([]));
    expect(said).toEqual(['session.ended']);
  });
});
