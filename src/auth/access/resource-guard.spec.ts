import { beforeEach, describe, expect, it } from '@jest/globals';
import { InProcessBus } from '../../bus/in-process.bus.js';
import { Clock } from '../../common/clock.js';
import type { Principal } from '../../identity/principal.js';
import { ResourceAccess, type AccessQuestion } from '../../identity/resource-access.port.js';
import { memberOf } from '../../sessions/session-record.js';
import { machinePrincipal, userPrincipal } from '../../testing/principals.js';
import { RESOURCE_WINDOW, ResourceGuard } from './resource-guard.service.js';

const AT = new Date('2026-03-01T12:00:00Z');
const ADA = userPrincipal(
  {
    user: { id: 'user_ada', email: 'ada@acme.com' },
    organization: { id: 'org_acme', name: 'Acme' },
  },
  AT,
);
const MACHINE = machinePrincipal({ organization: 'org_acme', permissions: ['invoices:write'] }, AT);
const EDIT = { permission: 'invoices:write', resource: 'document', param: 'documentId' };

class Answers extends ResourceAccess {
  readonly questions: AccessQuestion[] = [];
  answer: () => Promise<boolean> = async () => true;

  isAuthorized(question: AccessQuestion): Promise<boolean> {
    this.questions.push(question);
    return this.answer();
  }
}

class SetClock extends Clock {
  at = AT.getTime();
  now(): Date {
    return new Date(this.at);
  }
  override milliseconds(): number {
    return this.at;
  }
}

let workos: Answers;
let clock: SetClock;
let bus: InProcessBus;
let known: string | null;
let asked: string | null;
let guard: ResourceGuard;
beforeEach(() => {
  [workos, clock, bus] = [new Answers(), new SetClock(), new InProcessBus()];
  bus.start();
  [known, asked] = ['om_ada', null];
  const users = { membershipId: async () => known };
  const people = { membershipId: async () => asked };
  guard = new ResourceGuard(workos, users as never, people as never, clock, bus);
});

const admits = (documentId: unknown = 'doc_7', principal: Principal | null = ADA) =>
  guard.admits([EDIT], principal, { documentId });

describe('access to a single resource', () => {
  it('is what WorkOS says of the membership and the id in the call', async () => {
    expect(await admits()).toBe(true);
    expect(workos.questions).toEqual([
      { membershipId: 'om_ada', permission: 'invoices:write', resourceType: 'document', resourceId: 'doc_7' },
    ]);
    workos.answer = async () => false;
    expect(await admits('doc_8')).toBe(false);
  });

  it('is not there for whoever has no membership, and nobody is asked', async () => {
    expect(await admits('doc_7', MACHINE)).toBe(false);
    expect(await admits('doc_7', { ...ADA, organization: null })).toBe(false);
    expect(await admits('doc_7', null)).toBe(false);
    known = null;
    expect(await admits()).toBe(false);
    expect(workos.questions).toEqual([]);
  });

  it('is asked for a membership that WorkOS alone knows so far', async () => {
    [known, asked] = [null, 'om_new'];
    expect(await admits()).toBe(true);
    expect(workos.questions).toMatchObject([{ membershipId: 'om_new' }]);
  });

  it.each([undefined, '', 7, null, ['doc_7'], { id: 'doc_7' }])('is not there for the id %j', async (id) => {
    expect(await guard.admits([EDIT], ADA, id === undefined ? {} : { documentId: id })).toBe(false);
    expect(workos.questions).toEqual([]);
  });

  it('is asked for each requirement, and one that is not met is enough', async () => {
    const both = [EDIT, { permission: 'invoices:read', resource: 'project', param: 'projectId' }];
    workos.answer = async () => workos.questions.at(-1)?.resourceType === 'document';
    expect(await guard.admits(both, ADA, { documentId: 'doc_7', projectId: 'p' })).toBe(false);
    expect(workos.questions).toHaveLength(2);
  });

  it('is asked for once, however many calls wait for it, and again after ten seconds', async () => {
    expect(await Promise.all(Array.from({ length: 20 }, () => admits()))).not.toContain(false);
    clock.at += RESOURCE_WINDOW - 1;
    await admits();
    expect(workos.questions).toHaveLength(1);
    clock.at += 1;
    workos.answer = async () => false;
    expect(await admits()).toBe(false);
  });

  it('belongs to one person in one organization', async () => {
    await admits();
    await admits('doc_7', { ...ADA, user: { ...ADA.user, id: 'user_alan' } });
    await admits('doc_7', { ...ADA, organization: { id: 'org_globex', name: 'Globex' } });
    expect(workos.questions).toHaveLength(3);
  });

  it.each([
    { kind: 'user', id: 'user_ada' } as const,
    { kind: 'organization', id: 'org_acme' } as const,
    memberOf('org_acme', 'user_ada'),
  ])(
    'is asked for again after $kind $id was revoked, also where the answer was under way',
    async (subject) => {
      const first = Promise.withResolvers<boolean>();
      workos.answer = () => first.promise;
      const early = admits();
      await Promise.resolve();
      await bus.publish(subject);
      workos.answer = async () => false;
      const late = admits();
      first.resolve(true);
      await early;
      expect(await late).toBe(false);
      expect(await admits()).toBe(false);
    },
  );

  it('is not forgotten because of somebody else', async () => {
    await admits();
    await bus.publish({ kind: 'user', id: 'user_alan' });
    await bus.publish({ kind: 'session', tokenHash: 'x' });
    await admits();
    expect(workos.questions).toHaveLength(1);
  });

  it('is refused with the reason where WorkOS cannot be asked, and asked for again at once', async () => {
    workos.answer = () => Promise.reject(new Error('down'));
    await expect(admits()).rejects.toThrow('down');
    workos.answer = async () => true;
    expect(await admits()).toBe(true);
  });
});
