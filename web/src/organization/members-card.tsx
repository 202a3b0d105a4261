import { useRef, useState } from 'react';
import { Card } from '../console/card.js';
import { t } from '../language.js';
import { fullName } from '../person.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Failure } from '../ui/failure.js';
import { MemberRow } from './member-row.js';
import { organizationApi, type Member } from './organization-api.js';
import { ShowMore } from './show-more.js';
import { usePages } from './use-pages.js';

export const memberName = (member: Member) => fullName(member) || member.email;

export function MembersCard({ manages }: { readonly manages: boolean }) {
  const members = usePages(organizationApi.members);
  const [ending, setEnding] = useState<Member | null>(null);
  const [news, setNews] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  const words = t.organization.members;

  return (
    <Card title={words.title} headingRef={heading}>
      <p>{words.lead}</p>
      <p role="status" className="news">
        {members.loading ? words.loading : news}
      </p>
      {members.items.length === 0 && !members.loading && !members.problem && (
        <p className="hint">{words.none}</p>
      )}
      <ul className="rows">
        {members.items.map((member) => (
          <MemberRow
            key={member.id}
            member={member}
            onSignOut={manages ? () => setEnding(member) : undefined}
          />
        ))}
      </ul>
      {members.problem && <Failure problem={members.problem} onRetry={() => void members.next()} />}
      <ShowMore pages={members} />
      {ending && (
        <ConfirmDialog
          title={words.confirm(memberName(ending))}
          detail={words.confirmDetail}
          action={words.signOut}
          run={() => organizationApi.signOut(ending.id)}
          onDone={() => {
            setNews(words.signedOut(memberName(ending)));
            setEnding(null);
          }}
          onCancel={() => setEnding(null)}
        />
      )}
    </Card>
  );
}
