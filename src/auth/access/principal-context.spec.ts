import { describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type { MachinePrincipal } from '../../identity/principal.js';
import { PrincipalContext } from './principal-context.js';
import { setPrincipal } from './request-principal.js';

function machine(clientId: string): MachinePrincipal {
  return {
    kind: 'machine',
    machine: { clientId, expiresAt: new Date(0) },
    organization: { id: `org_${clientId}`, name: clientId },
    roles: [],
    permissions: [],
  };
}

const [a, b] = [machine('a'), machine('b')];

describe('whom work is done for', () => {
  const context = new PrincipalContext();

  it('is nobody outside of calls and jobs', () => {
    expect(context.current()).toBeNull();
    expect(() => context.require()).toThrow('unauthenticated');
  });

  it('is nobody in a call until the guard has let it in', () => {
    const request = {};
    context.enter(request, () => {
      expect(context.current()).toBeNull();
      setPrincipal(request, a);
      expect(context.require()).toBe(a);
    });
    expect(context.current()).toBeNull();
  });

  it('is the one of the job inside a call of somebody else, and the call goes on as its own', async () => {
    const request = {};
    setPrincipal(request, b);
    await context.enter(request, async () => {
      const job = context.run(a, async () => {
        await pause(1);
        return context.require();
      });
      expect(context.require()).toBe(b);
      expect(await job).toBe(a);
      expect(context.require()).toBe(b);
    });
  });

  it('is never mixed up between calls at the same time', async () => {
    const seen = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const request = {};
        return context.enter(request, async () => {
          await pause(index % 5);
          setPrincipal(request, machine(String(index)));
          await pause((index * 7) % 5);
          return context.require().organization?.name === String(index);
        });
      }),
    );
    expect(seen).not.toContain(false);
  });

  it('ends with a job that fails', async () => {
    await expect(context.run(a, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(() =>
      context.run(a, () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(context.current()).toBeNull();
  });
});
