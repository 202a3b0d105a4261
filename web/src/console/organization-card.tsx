import type { Me } from '../api.js';
import { t } from '../language.js';
import { Chips } from '../ui/chips.js';
import { Card } from './card.js';

export function OrganizationCard({ me }: { readonly me: Me }) {
  return (
    <Card title={t.console.organization}>
      {me.organization ? (
        <p className="organization">
          <bdi>{me.organization.name}</bdi>
          <code dir="ltr">{me.organization.id}</code>
        </p>
      ) : (
        <p>{t.console.noOrganization}</p>
      )}
      <h3>{t.console.roles}</h3>
      <Chips values={me.roles} none={t.console.noRoles} />
      <h3>{t.console.permissions}</h3>
      <Chips values={me.permissions} none={t.console.noPermissions} />
    </Card>
  );
}
