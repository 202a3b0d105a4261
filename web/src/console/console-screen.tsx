import { useEffect, useRef, useState } from 'react';
import { api } from '../api.js';
import { t } from '../language.js';
import { useResource } from '../resource.js';
import { Brand } from '../ui/brand.js';
import { Failure } from '../ui/failure.js';
import { SignOutForm } from '../ui/sign-out-form.js';
import { useTitle } from '../ui/use-title.js';
import { Developers } from './developers.js';
import { ImpersonationBanner } from './impersonation-banner.js';
import { OrganizationCard } from './organization-card.js';
import { ProfileCard } from './profile-card.js';
import { SessionsCard } from './sessions-card.js';
import { SignInCard } from './sign-in-card.js';

export function ConsoleScreen() {
  const [me, reload] = useResource(api.me);
  const [retried, setRetried] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(t.console.title);

  useEffect(() => {
    if (retried && me.state === 'ready') heading.current?.focus();
  }, [retried, me.state]);

  const retry = () => {
    setRetried(true);
    void reload();
  };

  return (
    <div className="wide">
      <header className="bar">
        <Brand />
        <SignOutForm />
      </header>
      <main>
        {me.state === 'ready' && <ImpersonationBanner me={me.value} />}
        <h1 ref={heading} tabIndex={-1}>
          {t.console.title}
        </h1>
        <p role="status">{me.state === 'loading' && t.console.loading}</p>
        {me.state === 'failed' && <Failure problem={me.problem} onRetry={retry} />}
        {me.state === 'ready' && (
          <div className="columns">
            <div className="column">
              <ProfileCard user={me.value.user} />
              <OrganizationCard me={me.value} />
              <SignInCard session={me.value.session} />
            </div>
            <div className="column">
              <SessionsCard />
              <Developers />
            </div>
          </div>
        )}
      </main>
    </div>
  );
}
