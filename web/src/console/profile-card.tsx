import type { Me } from '../api.js';
import { t } from '../language.js';
import { fullName, initials } from '../person.js';
import { Card } from './card.js';

export function ProfileCard({ user }: { readonly user: Me['user'] }) {
  const name = fullName(user);
  return (
    <Card title={t.console.profile}>
      <div className="person">
        <span className="initials" aria-hidden="true">
          {initials(user)}
        </span>
        <p>
          {name && <bdi className="person-name">{name}</bdi>}
          <bdi className="person-email">{user.email}</bdi>
        </p>
      </div>
    </Card>
  );
}
