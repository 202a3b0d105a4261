import { Card } from '../console/card.js';
import { t } from '../language.js';
import { Badge } from '../ui/badge.js';
import type { Domain } from './organization-api.js';
import { PortalButton } from './portal-button.js';

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

function DomainRow({ domain: { domain, state, reason, failureReason } }: { readonly domain: Domain }) {
  const { states, reasons, failures } = t.organization.domains;
  const { name, advice } = states[state];
  return (
    <li className="row">
      <h3>
        <bdi>{domain}</bdi>
        <Badge tone={state === 'verified' ? 'good' : 'notice'}>{name}</Badge>
      </h3>
      {failureReason && <p>{failures[failureReason] ?? failureReason}</p>}
      <p className="hint">{reason ? reasons[reason] : advice}</p>
    </li>
  );
}
