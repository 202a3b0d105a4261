import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OrganizationSource, type OrganizationRecord } from '../src/identity/organization-source.port.js';
import { OrganizationsRepository } from '../src/organizations/organizations.repository.js';
import { OrganizationsService } from '../src/organizations/organizations.service.js';
import { ProblemError } from '../src/common/problem-error.js';
import { EventStage } from './support/event-stage.js';
import { ACME } from './support/site.js';
import { until } from './support/until.js';

const ENTRA = 'conn_01HGATEH0VSEACME0000000002';
const to = (connectionId: string) => ({
  kind: 'connection',
  organizationId: ACME.organization,
  connectionId,
});
const at = new Date('2026-10-01T00:00:00.000Z');
const acme: OrganizationRecord = {
  id: ACME.organization,
  name: 'Acme',
  updatedAt: at,
  domains: [{ id: 'org_domain_acme', domain: 'acme.com', state: 'verified', updatedAt: at }],
  connections: [{ id: ACME.connection, name: 'Okta', type: 'OktaSAML', state: 'active', updatedAt: at }],
};

describe('whoever reads the copy', () => {
  let stage: EventStage;
  let organizations: OrganizationsService;
  let repository: OrganizationsRepository;
  beforeAll(async () => {
    stage = await EventStage.open();
    organizations = stage.get(OrganizationsService);
    repository = stage.get(OrganizationsRepository);
  });
  beforeEach(() => stage.clear());
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });
  afterAll(() => stage.close());

  /** One reading of the copy is on its way back while somebody else is served from first to last. */
  const passedBy = (method: 'claims' | 'find', other: () => Promise<unknown>) => {
    const read = repository[method].bind(repository) as (key: string) => Promise<never>;
    jest.spyOn(repository, method).mockImplementationOnce(async (key) => {
      const known = await read(key);
      await other();
      return known;
    });
  };

  it('while WorkOS answers somebody else is sent where that leads, and asks no second time', async () => {
    const asked = jest.spyOn(stage.get(OrganizationSource), 'findByDomain').mockResolvedValue([acme]);
    passedBy('claims', () => organizations.route('acme.com'));
    expect(await organizations.route('acme.com')).toEqual(to(ACME.connection));
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('while WorkOS answers somebody else finds the organization that was answered', async () => {
    const asked = jest.spyOn(stage.get(OrganizationSource), 'find').mockResolvedValue(acme);
    passedBy('find', () => organizations.find(ACME.organization));
    expect(await organizations.find(ACME.organization)).toMatchObject({ name: 'Acme' });
    expect(asked).toHaveBeenCalledTimes(1);
  });

  const later = new Date('2026-10-02T00:00:00.000Z');
  /** Another domain each time: nobody has been told of it within the last half minute. */
  const known = async (domain: string, state = 'active') => {
    const domains = acme.domains.map((one) => ({ ...one, domain }));
    const connections = acme.connections.map((one) => ({ ...one, state }));
    await repository.save({ ...acme, domains, connections }, new Map(), at);
    return domains;
  };

  describe('that leads somewhere', () => {
    it('waits for nobody, and the next one sees what WorkOS says, who is asked once', async () => {
      const domains = await known('acme.org');
      const connections = acme.connections.map((one) => ({ ...one, id: ENTRA, updatedAt: later }));
      const answer = Promise.withResolvers<OrganizationRecord[]>();
      const asked = jest.spyOn(stage.get(OrganizationSource), 'findByDomain').mockReturnValue(answer.promise);
      // Whoever waited for anything else would wait for ever.
      jest.useFakeTimers({
        doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'],
      });
      expect(await organizations.route('acme.org')).toEqual(to(ACME.connection));
      expect(await organizations.route('acme.org')).toEqual(to(ACME.connection));
      jest.useRealTimers();
      await until('WorkOS is asked', async () => asked.mock.calls.length > 0);
      answer.resolve([{ ...acme, domains, connections }]);
      await until('the copy has it', async () => {
        const route = await organizations.route('acme.org');
        return route.kind === 'connection' && route.connectionId === ENTRA;
      });
      expect(asked).toHaveBeenCalledTimes(1);
    });

    it('is answered while WorkOS is down, which is asked again the next time', async () => {
      await known('acme.net');
      const asked = jest
        .spyOn(stage.get(OrganizationSource), 'findByDomain')
        .mockRejectedValue(new ProblemError('upstream_unavailable'));
      for (const times of [1, 2]) {
        expect(await organizations.route('acme.net')).toEqual(to(ACME.connection));
        await until('WorkOS is asked', async () => asked.mock.calls.length === times);
      }
    });
  });

  it('waits for WorkOS where the copy leads nowhere', async () => {
    await known('acme.info', 'inactive');
    jest
      .spyOn(stage.get(OrganizationSource), 'findByDomain')
      .mockRejectedValue(new ProblemError('upstream_unavailable'));
    await expect(organizations.route('acme.info')).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });
});
