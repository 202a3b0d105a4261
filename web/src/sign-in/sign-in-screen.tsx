import { useEffect, useRef, useState, type ReactNode } from 'react';
import { api, type Me } from '../api.js';
import { t } from '../language.js';
import type { SignInQuery } from '../query.js';
import { Brand } from '../ui/brand.js';
import { useTitle } from '../ui/use-title.js';
import { AlreadySignedIn } from './already-signed-in.js';
import { EmailForm } from './email-form.js';
import { ProblemPanel } from './problem-panel.js';

export function SignInScreen({ query }: { readonly query: SignInQuery }) {
  return (
    <div className="narrow">
      <header>
        <Brand />
      </header>
      <main className="card">{content(query)}</main>
    </div>
  );
}

function content(query: SignInQuery): ReactNode {
  switch (query.error) {
    case null:
      return query.signedOut ? <SignedOut query={query} /> : <Form query={query} />;
    case 'invalid_email':
    case 'no_sso_for_domain':
      return <Form query={query} />;
    case 'state_replayed':
    case 'invalid_state':
      return <PerhapsSignedIn query={query} />;
    default:
      return <ProblemPanel query={query} error={query.error} />;
  }
}

function Form({ query }: { readonly query: SignInQuery }) {
  useTitle(t.signIn.title);
  return (
    <>
      <h1>{t.signIn.title}</h1>
      <p className="lead">{t.signIn.lead}</p>
      <EmailForm query={query} focusField />
    </>
  );
}

function SignedOut({ query }: { readonly query: SignInQuery }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(t.signedOut.title);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {t.signedOut.title}
      </h1>
      <p className="lead">{t.signedOut.lead}</p>
      <EmailForm query={query} focusField={false} />
    </>
  );
}

/** A second tab or the Back button brings people here who are long signed in: for them nothing is wrong. */
function PerhapsSignedIn({ query }: { readonly query: SignInQuery }) {
  const [me, setMe] = useState<Me | null | 'asking'>('asking');
  useEffect(() => {
    api.me().then(setMe, () => setMe(null));
  }, []);
  if (me === 'asking') return <p role="status">{t.signIn.checking}</p>;
  return me ? <AlreadySignedIn me={me} /> : <ProblemPanel query={query} error={query.error ?? 'unknown'} />;
}
