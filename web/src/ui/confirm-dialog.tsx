import { useId, useLayoutEffect, useRef, useState } from 'react';
import type { ApiProblem } from '../api.js';
import { t } from '../language.js';
import { asProblem, leftForSignIn } from '../resource.js';
import { Alert } from './alert.js';
import { Reference } from './reference.js';

interface ConfirmDialogProps {
  readonly title: string;
  readonly detail: string;
  readonly action: string;
  readonly run: () => Promise<void>;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

/** Open while mounted. A native dialog: the browser keeps the focus inside and gives it back at the end. */
export function ConfirmDialog({ title, detail, action, run, onDone, onCancel }: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);

  // A layout effect, because its end comes while the dialog is still in the page and can give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  const confirm = async () => {
    if (working) return;
    setWorking(true);
    setProblem(null);
    try {
      await run();
      onDone();
    } catch (error) {
      const failure = asProblem(error);
      if (leftForSignIn(failure)) return;
      setProblem(failure);
      setWorking(false);
    }
  };

  return (
    <dialog ref={dialog} aria-labelledby={`${id}-title`} aria-describedby={`${id}-detail`} onClose={onCancel}>
      <h2 id={`${id}-title`}>{title}</h2>
      <p id={`${id}-detail`}>{detail}</p>
      {problem && (
        <Alert title={problem.title}>
          <p>{problem.detail}</p>
          <Reference value={problem.requestId} />
        </Alert>
      )}
      <p role="status" className="hint">
        {working && t.sessions.working}
      </p>
      <div className="actions">
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          {t.sessions.cancel}
        </button>
        <button
          type="button"
          className="button danger"
          aria-disabled={working}
          onClick={() => void confirm()}
        >
          {action}
        </button>
      </div>
    </dialog>
  );
}
