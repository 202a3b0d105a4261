import { t } from '../language.js';
import { problemWords } from '../problem-words.js';
import { startAgainHref, type SignInQuery } from '../query.js';
import { Alert } from '../ui/alert.js';
import { Reference } from '../ui/reference.js';
import { RetryHint } from '../ui/retry-hint.js';
import { SignOutForm } from '../ui/sign-out-form.js';
import { useTitle } from '../ui/use-title.js';

interface ProblemPanelProps {
  readonly query: SignInQuery;
  readonly error: NonNullable<SignInQuery['error']>;
}

export function ProblemPanel({ query, error }: ProblemPanelProps) {
  const words = problemWords(error, query.idpError);
  useTitle(words.title);
  return (
    <>
      <Alert title={words.title} titleAs="h1">
        <p>{words.detail}</p>
        <RetryHint seconds={query.retryAfter} />
        <Reference value={query.requestId} />
      </Alert>
      {error === 'session_conflict' ? (
        <SignOutForm />
      ) : (
        <a className="button primary" href={startAgainHref(query)}>
          {t.signIn.startAgain}
        </a>
      )}
    </>
  );
}
