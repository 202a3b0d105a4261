import { beforeEach, describe, expect, it } from '@jest/globals';
import { Exposition } from '../prometheus/exposition.js';
import { AuditCounters } from './audit-counters.js';
import type { AuditEvent } from './audit-event.js';

describe('what is counted of the audit log', () => {
  let exposition: Exposition;
  let counters: AuditCounters;
  beforeEach(() => {
    exposition = new Exposition();
    counters = new AuditCounters(exposition.getMeter('test'));
  });

  const counted = async (...events: AuditEvent[]) => {
    for (const event of events) counters.count(event);
    return (await exposition.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  };

  it('is every sign-in, by ok or the code of its problem', async () => {
    expect(
      await counted(
        { action: 'sign_in.succeeded' },
        { action: 'break_glass.used' },
        { action: 'sign_in.refused', reason: 'invalid_state' },
        { action: 'sign_in.refused', reason: 'invalid_state' },
        { action: 'break_glass.refused', reason: 'not_a_member' },
      ),
    ).toEqual([
      'gatehouse_sign_ins_total{outcome="ok"} 2',
      'gatehouse_sign_ins_total{outcome="invalid_state"} 2',
      'gatehouse_sign_ins_total{outcome="break_glass_refused"} 1',
    ]);
  });

  it('is every session that was ended, one by one or together', async () => {
    expect(
      await counted(
        { action: 'session.ended', reason: 'signed_out' },
        { action: 'sessions.ended', reason: 'deprovisioned', details: { count: 3 } },
        { action: 'sessions.ended', reason: 'signed_out', details: { count: 0 } },
      ),
    ).toEqual([
      'gatehouse_sessions_ended_total{reason="signed_out"} 1',
      'gatehouse_sessions_ended_total{reason="deprovisioned"} 3',
    ]);
  });

  it('says nothing of whom a record names', async () => {
    const names = {
      userId: 'user_ada',
      organizationId: 'org_acme',
      connectionId: 'conn_okta',
      sessionId: 'session_1',
      details: { idpError: 'idp: whatever', subject: 'user user_ada', count: 1 },
    };
    const lines = await counted(
      { action: 'sign_in.refused', reason: 'idp_error', ...names },
      { action: 'sessions.ended', reason: 'signed_out', ...names },
      { action: 'user.created', ...names },
    );
    expect(lines).toEqual([
      'gatehouse_sign_ins_total{outcome="idp_error"} 1',
      'gatehouse_sessions_ended_total{reason="signed_out"} 1',
    ]);
  });
});
