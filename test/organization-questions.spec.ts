import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { OrganizationSource, type OrganizationRecord } from '../src/identity/organization-source.port.js';
import { OrganizationsRepository } from '../src/organizations/organizations.repository.js';
import { OrganizationsService } from '../src/organizations/organizations.service.js';
import { EventStage } from './support/event-stage.js';
import { ACME } from './support/site.js';

const at = new Date('2026-10-01T00:00:00.000Z');
const acme: OrganizationRecord = {
  id: ACME.organization,
  name: 'Acme',
  updatedAt: at,
  domains: [{ id: 'org_domain_acme', domain: 'acme.com', state: 'verified', updatedAt: at }],
  connections: [{ id: ACME.connection, name: 'Okta', type: 'OktaSAML', state: 'active', updatedAt: at }],
};

describe('whoever reads the copy while WorkOS answers somebody else', () => {
  let stage: EventStage;
  let organizations: OrganizationsService;
  let repository: OrganizationsRepository;
  beforeAll(async () => {
    stage = await EventStage.open();
    organizations = stage.get(OrganizationsService);
    repository = stage.get(OrganizationsRepository);
  });
  beforeEach(() => stage.clear());
  afterEach(() => void jest.restoreAllMocks());
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

  it('is sent where that answer leads, and asks no second time', async () => {
    const asked = jest.spyOn(stage.get(OrganizationSource), 'findByDomain').mockResolvedValue([acme]);
    passedBy('claims', () => organizations.route('acme.com'));
    const { organization: organizationId, connection: connectionId } = ACME;
    expect(await organizations.route('acme.com')).toEqual({
      kind: 'connection',
      organizationId,
      connectionId,
    });
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('finds the organization that was answered', async () => {
    const asked = jest.spyOn(stage.get(OrganizationSource), 'find').mockResolvedValue(acme);
    passedBy('find', () => organizations.find(ACME.organization));
    expect(await organizations.find(ACME.organization)).toMatchObject({ name: 'Acme' });
    expect(asked).toHaveBeenCalledTimes(1);
  });
});
