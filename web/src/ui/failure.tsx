import type { ApiProblem } from '../api.js';
import { t } from '../language.js';
import { Alert } from './alert.js';
import { Reference } from './reference.js';
import { RetryHint } from './retry-hint.js';

interface FailureProps {
  readonly problem: ApiProblem;
  readonly onRetry: () => void;
}

export function Failure({ problem, onRetry }: FailureProps) {
  return (
    <Alert title={problem.title}>
      <p>{problem.detail}</p>
      <RetryHint seconds={problem.retryAfter} />
      <Reference value={problem.requestId} />
      <button type="button" className="button" onClick={onRetry}>
        {t.console.retry}
      </button>
    </Alert>
  );
}
