import { useState } from 'react';
import type { ApiProblem } from '../api.js';
import { t } from '../language.js';
import { asProblem, leftForSignIn } from '../resource.js';
import { Alert } from '../ui/alert.js';
import { Reference } from '../ui/reference.js';
import { RetryHint } from '../ui/retry-hint.js';
import { organizationApi, type PortalIntent } from './organization-api.js';

interface PortalButtonProps {
  readonly intent: PortalIntent;
  readonly label: string;
  /** Tells apart two buttons that say the same. */
  readonly subject?: string;
}

/** Asks for a link when it is pressed, since links live for five minutes, and goes there in the same tab. */
export function PortalButton({ intent, label, subject }: PortalButtonProps) {
  const [opening, setOpening] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);

  const open = async () => {
    if (opening) return;
    setOpening(true);
    setProblem(null);
    try {
      await organizationApi.openPortal(intent);
    } catch (error) {
      const failure = asProblem(error);
      if (leftForSignIn(failure)) return;
      setProblem(failure);
      setOpening(false);
    }
  };

  return (
    <div className="portal">
      <button type="button" className="button" aria-disabled={opening} onClick={() => void open()}>
        {label}
        {subject && <span className="visually-hidden">: {subject}</span>}
      </button>
      <span role="status" className="hint">
        {opening && t.organization.portal.opening}
      </span>
      {problem && (
        <Alert title={problem.title}>
          <p>{problem.detail}</p>
          <RetryHint seconds={problem.retryAfter} />
          <Reference value={problem.requestId} />
        </Alert>
      )}
    </div>
  );
}
