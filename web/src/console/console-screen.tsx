import { useEffect, useRef, useState } from 'react';
import { api } from '../api.js';
import { t } from '../language.js';
import { OrganizationScreen } from '../organization/organization-screen.js';
import { useResource } from '../resource.js';
import { Brand } from '../ui/brand.js';
import { Failure } from '../ui/failure.js';
import { SignOutForm } from '../ui/sign-out-form.js';
import { useTitle } from '../ui/use-title.js';
import { AccountScreen } from './account-screen.js';
import { ConsoleNav, viewOf } from './console-nav.js';
import { ImpersonationBanner } from './impersonation-banner.js';

export function ConsoleScreen() {
  const [me, reload] = useResource(api.me);
  const [retried, setRetried] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const organization = me.state === 'ready' ? me.value.organization : null;
  // Somebody without an organization has no page of it, whatever the address says.
  const known = me.state !== 'ready' || organization !== null;
  const view = known ? viewOf(window.location.search) : 'account';
  const title = view === 'account' ? t.console.title : (organization?.name ?? t.organization.page);
  useTitle(title);

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
        {organization && <ConsoleNav view={view} />}
        <h1 ref={heading} tabIndex={-1}>
          <bdi>{title}</bdi>
        </h1>
        <p role="status">{me.state === 'loading' && t.console.loading}</p>
        {me.state === 'failed' && <Failure problem={me.problem} onRetry={retry} />}
        {me.state === 'ready' &&
          (view === 'account' ? <AccountScreen me={me.value} /> : <OrganizationScreen me={me.value} />)}
      </main>
    </div>
  );
}
