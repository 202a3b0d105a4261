import type { Me } from '../api.js';
import { Developers } from './developers.js';
import { OrganizationCard } from './organization-card.js';
import { ProfileCard } from './profile-card.js';
import { SessionsCard } from './sessions-card.js';
import { SignInCard } from './sign-in-card.js';

export function AccountScreen({ me }: { readonly me: Me }) {
  return (
    <div className="columns">
      <div className="column">
        <ProfileCard user={me.user} />
        <OrganizationCard me={me} />
        <SignInCard session={me.session} />
      </div>
      <div className="column">
        <SessionsCard />
        <Developers />
      </div>
    </div>
  );
}
