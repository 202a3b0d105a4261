import { Card } from '../console/card.js';
import { t } from '../language.js';
import { Badge } from '../ui/badge.js';
import type { Domain } from './organization-api.js';
import { PortalButton } from './portal-button.js';

const KINDS: Readonly<Record<string, keyof typeof t.organization.domains.states>> = {
  verified: 'verified',
  legacy_verified: 'verified',
  pending: 'pending',
  unverified: 'pending',
  failed: 'failed',
  conflict: 'conflict',
};

interface DomainsCardProps {
  readonly domains: readonly Domain[];
  readonly manages: boolean;
}

export function DomainsCard({ domains, manages }: DomainsCardProps) {
  const words = t.organization.domains;
  return (
    <Card title={words.title}>
      <p>{words.lead}</p>
      {domains.length === 0 && <p className="hint">{words.none}</p>}
      <ul className="rows">
        {domains.map((domain) => (
          <DomainRow key={domain.id} domain={domain} />
        ))}
      </ul>
      {manages && <PortalButton intent="domain_verification" label={words.manage} />}
    </Card>
  );
}

function DomainRow({ domain: { domain, state } }: { readonly domain: Domain }) {
  const kind = KINDS[state];
  const words = kind && t.organization.domains.states[kind];
  return (
    <li className="row">
      <h3>
        <bdi>{domain}</bdi>
        <Badge tone={kind === 'verified' ? 'good' : 'notice'}>{words ? words.name : state}</Badge>
      </h3>
      {words && <p className="hint">{words.advice}</p>}
    </li>
  );
}
