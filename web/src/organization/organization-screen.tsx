import type { Me } from '../api.js';
import { t } from '../language.js';
import { useResource } from '../resource.js';
import { Failure } from '../ui/failure.js';
import { AuditCard } from './audit-card.js';
import { ConnectionsCard } from './connections-card.js';
import { DomainsCard } from './domains-card.js';
import { MembersCard } from './members-card.js';
import { organizationApi } from './organization-api.js';
import { PolicyCard } from './policy-card.js';
import { SetupCard } from './setup-card.js';

/** Everybody sees domains and connections; the rest is shown to those whom the service would let use it. */
export function OrganizationScreen({ me }: { readonly me: Me }) {
  const [organization, reload] = useResource(organizationApi.read);
  const may = (permission: string) => me.permissions.includes(permission);
  const manages = may('organization:manage');
  return (
    <>
      <p role="status">{organization.state === 'loading' && t.organization.loading}</p>
      {organization.state === 'failed' && (
        <Failure problem={organization.problem} onRetry={() => void reload()} />
      )}
      {organization.state === 'ready' && (
        <div className="columns even">
          <div className="column">
            <DomainsCard domains={organization.value.domains} manages={manages} />
            <ConnectionsCard connections={organization.value.connections} manages={manages} />
            {manages && <SetupCard />}
            {organization.value.policy && (
              <PolicyCard stored={organization.value.policy} connections={organization.value.connections} />
            )}
          </div>
          <div className="column">
            {may('members:read') && <MembersCard manages={may('members:manage')} />}
            {may('audit:read') && <AuditCard />}
          </div>
        </div>
      )}
    </>
  );
}
