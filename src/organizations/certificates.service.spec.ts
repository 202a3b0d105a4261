import { expect, it } from '@jest/globals';
import { createNoopMeter } from '@opentelemetry/api';
import type { AuditLog } from '../audit/audit-log.service.js';
import { clockOf } from '../common/clock.factory.js';
import type { CertificateRow, CertificatesRepository } from './certificates.repository.js';
import { CertificatesService } from './certificates.service.js';

it('the warning that is being given is waited for at the end of the process, and no other begins', async () => {
  const now = new Date('2026-10-01T00:00:00.000Z');
  const steps: string[] = [];
  const [begun, stored] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const ends = { expires_at: now, warned_days: null };
  const repository = {
    due: async () => [
      { ...ends, connection_id: 'conn_1' },
      { ...ends, connection_id: 'conn_2' },
    ],
    warnOnce: async ({ connection_id: id }: CertificateRow) => {
      begun.resolve();
      await stored.promise;
      steps.push(`warned of ${id}`);
      return true;
    },
  } as unknown as CertificatesRepository;
  const service = new CertificatesService(
    repository,
    {} as AuditLog,
    clockOf(() => now),
    createNoopMeter(),
  );
  service.onApplicationBootstrap();
  await begun.promise;
  const end = service.beforeApplicationShutdown().then(() => steps.push('ended'));
  stored.resolve();
  await end;
  expect(steps).toEqual(['warned of conn_1', 'ended']);
});
