import { useEffect, useRef } from 'react';
import type { Me } from '../api.js';
import { t } from '../language.js';
import { useTitle } from '../ui/use-title.js';

export function AlreadySignedIn({ me }: { readonly me: Me }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useTitle(t.alreadySignedIn.title);
  useEffect(() => heading.current?.focus(), []);
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        {t.alreadySignedIn.title}
      </h1>
      <p className="lead">
        {t.alreadySignedIn.as} <bdi>{me.user.email}</bdi>. {t.alreadySignedIn.detail}
      </p>
      <a className="button primary" href="/">
        {t.alreadySignedIn.open}
      </a>
    </>
  );
}
