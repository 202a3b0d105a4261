import { useState } from 'react';
import { t } from '../language.js';
import { asProblem, leftForSignIn } from '../resource.js';
import { fullName } from '../person.js';
import { Badge } from '../ui/badge.js';
import { Chips } from '../ui/chips.js';
import { organizationApi, type Member, type RoleSource } from './organization-api.js';

interface MemberRowProps {
  readonly member: Member;
  readonly onSignOut: (() => void) | undefined;
}

export function MemberRow({ member, onSignOut }: MemberRowProps) {
  const words = t.organization.members;
  const name = fullName(member);
  return (
    <li className="row">
      <h3>
        <bdi>{name || member.email}</bdi>
        <Badge tone={member.status === 'active' && member.usable ? 'good' : 'notice'}>
          {member.usable ? (words.statuses[member.status] ?? member.status) : words.notForSignIn}
        </Badge>
      </h3>
      <p className="hint">
        {name && <bdi>{member.email}</bdi>}
        {name && ' · '}
        {!member.usable && words.notForSignInHint}
        {member.usable && (member.directoryManaged ? words.fromDirectory : words.fromSignIn)}
      </p>
      <Chips values={member.roles} none={t.console.noRoles} />
      {member.roles.length > 0 && <RoleReasons member={member} />}
      {onSignOut && (
        <button type="button" className="button" onClick={onSignOut}>
          {words.signOut}
          <span className="visually-hidden">: {name || member.email}</span>
        </button>
      )}
    </li>
  );
}

/** Asked for only when somebody wants to know. */
function RoleReasons({ member }: { readonly member: Member }) {
  const words = t.organization.members;
  const [sources, setSources] = useState<readonly RoleSource[] | string | null>(null);
  const load = async () => {
    try {
      setSources(await organizationApi.roles(member.id));
    } catch (error) {
      const problem = asProblem(error);
      if (!leftForSignIn(problem)) setSources(problem.title);
    }
  };
  return (
    <details
      className="reasons"
      onToggle={({ currentTarget }) => {
        if (currentTarget.open && !Array.isArray(sources)) void load();
      }}
    >
      <summary>
        {words.why}
        <span className="visually-hidden">: {member.email}</span>
      </summary>
      <div role="status">
        {sources === null && words.whyLoading}
        {typeof sources === 'string' && sources}
        {Array.isArray(sources) && (
          <ul>
            {sources.map(({ role, from, group }: RoleSource) => (
              <li key={`${role} ${from} ${group?.id ?? ''}`}>
                <bdi>{role}</bdi>: {words.sources[from]}
                {group && <bdi> {group.name}</bdi>}
              </li>
            ))}
          </ul>
        )}
      </div>
    </details>
  );
}
