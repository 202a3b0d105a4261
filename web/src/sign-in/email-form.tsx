import { useEffect, useRef, useState, type SubmitEvent } from 'react';
import { t } from '../language.js';
import { problemWords, type Words } from '../problem-words.js';
import { looksLikeEmail, type SignInQuery } from '../query.js';
import { Alert } from '../ui/alert.js';
import { Reference } from '../ui/reference.js';
import { useDeparture } from './departure.js';

interface EmailFormProps {
  readonly query: SignInQuery;
  readonly focusField: boolean;
}

/**
 * An ordinary GET form: the browser itself follows the redirects to the identity provider, which a
 * fetch could not. It stays in the page while the browser leaves, or the browser would drop the submission.
 */
export function EmailForm({ query, focusField }: EmailFormProps) {
  const field = useRef<HTMLInputElement>(null);
  const [attempt, setAttempt] = useState(0);
  const [fault, setFault] = useState<Words | null>(query.error && problemWords(query.error));
  const { departure, depart, cancel } = useDeparture();
  const leaving = departure !== 'here';

  useEffect(() => {
    if (focusField && !query.error) field.current?.focus();
  }, [focusField, query.error]);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    const found = departure === 'leaving' ? null : check(field.current?.value.trim() ?? '');
    if (found || departure === 'leaving') event.preventDefault();
    else depart();
    setFault(found);
    setAttempt((count) => count + 1);
  };

  const stay = () => {
    cancel();
    field.current?.focus();
  };

  return (
    <form method="get" action="/auth/login" noValidate onSubmit={submit}>
      {fault && (
        <Alert key={attempt} id="email-fault" title={fault.title}>
          <p>{fault.detail}</p>
          {attempt === 0 && <Reference value={query.requestId} />}
        </Alert>
      )}
      <label htmlFor="email">{t.signIn.email}</label>
      <input
        ref={field}
        id="email"
        name="email"
        type="email"
        inputMode="email"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={254}
        required
        readOnly={leaving}
        defaultValue={query.email}
        aria-invalid={fault !== null}
        aria-describedby={fault ? 'email-fault' : undefined}
      />
      {query.returnTo && <input type="hidden" name="return_to" value={query.returnTo} />}
      <button className="button primary" type="submit" aria-disabled={departure === 'leaving'}>
        {departure === 'slow' ? t.signIn.tryAgain : t.signIn.submit}
      </button>
      <p role="status" className={leaving ? 'departure' : undefined}>
        {departure === 'leaving' && t.signIn.going}
        {departure === 'slow' && t.signIn.slow}
      </p>
      {leaving && (
        <button type="button" className="button" onClick={stay}>
          {t.signIn.cancel}
        </button>
      )}
    </form>
  );
}

function check(email: string): Words | null {
  if (email === '') return { title: t.signIn.emptyTitle, detail: t.signIn.emptyDetail };
  return looksLikeEmail(email) ? null : problemWords('invalid_email');
}
