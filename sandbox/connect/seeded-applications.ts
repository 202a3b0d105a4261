import { stableId } from '../ids.js';
import type { Organization } from '../model.js';
import type { ReadSeed } from '../seed.js';
import type { ConnectApplication } from './application.model.js';

export function seededApplications(
  seed: ReadSeed,
  organizations: readonly Organization[],
  times: { createdAt: Date; updatedAt: Date },
): ConnectApplication[] {
  return seed.organizations.flatMap((entry, index) => {
    const organizationId = organizations[index]?.id;
    if (organizationId === undefined) return [];
    return entry.applications.map(({ name, client_id, client_secret, scopes }): ConnectApplication => ({
      id: stableId('conn_app', client_id),
      clientId: client_id,
      clientSecret: client_secret,
      isSeeded: true,
      name,
      organizationId,
      scopes,
      ...times,
    }));
  });
}
