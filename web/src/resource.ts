import { useCallback, useEffect, useState } from 'react';
import { ApiProblem } from './api.js';
import { t } from './language.js';
import { justSignedOut } from './ui/sign-out-form.js';

export type Resource<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly problem: ApiProblem };

/** Loads once and on demand; what was loaded stays on the page while it is loaded again. */
export function useResource<T>(load: () => Promise<T>): [Resource<T>, () => Promise<void>] {
  const [resource, setResource] = useState<Resource<T>>({ state: 'loading' });
  const reload = useCallback(async () => {
    setResource((now) => (now.state === 'failed' ? { state: 'loading' } : now));
    try {
      setResource({ state: 'ready', value: await load() });
    } catch (error) {
      const problem = asProblem(error);
      if (!leftForSignIn(problem)) setResource({ state: 'failed', problem });
    }
  }, [load]);
  useEffect(() => void reload(), [reload]);
  return [resource, reload];
}

export function asProblem(error: unknown): ApiProblem {
  return error instanceof ApiProblem
    ? error
    : new ApiProblem(0, t.unknownProblem.title, t.unknownProblem.detail);
}

/** The session ended meanwhile: only signing in helps. Replaces the page, so that Back does not lead here again. */
export function leftForSignIn(problem: ApiProblem): boolean {
  if (problem.status !== 401) return false;
  window.location.replace(justSignedOut() ? '/sign-in?signed_out=1' : '/sign-in?return_to=/');
  return true;
}
