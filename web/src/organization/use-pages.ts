import { useCallback, useEffect, useRef, useState } from 'react';
import type { ApiProblem, Page } from '../api.js';
import { asProblem, leftForSignIn } from '../resource.js';

export interface Pages<T> {
  readonly items: readonly T[];
  readonly loading: boolean;
  readonly problem: ApiProblem | null;
  /** There is more to show. */
  readonly more: boolean;
  /** The next page; the first one again after a failure at the start. */
  readonly next: () => Promise<void>;
}

/** A list that grows by a page at a time. `load` must stay the same between renders; where it changes, it begins anew. */
export function usePages<T>(load: (cursor: string | null) => Promise<Page<T>>): Pages<T> {
  const [items, setItems] = useState<readonly T[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [loading, setLoading] = useState(true);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const current = useRef(load);

  const read = useCallback(
    async (from: string | null, before: readonly T[]) => {
      current.current = load;
      setLoading(true);
      setProblem(null);
      try {
        const page = await load(from);
        // An answer to a question that nobody asks any more.
        if (current.current !== load) return;
        setItems([...before, ...page.data]);
        setCursor(page.nextCursor);
      } catch (error) {
        const failure = asProblem(error);
        if (leftForSignIn(failure) || current.current !== load) return;
        setProblem(failure);
      }
      setLoading(false);
    },
    [load],
  );
  useEffect(() => void read(null, []), [read]);
  const next = () => read(cursor, cursor === null ? [] : items);
  return { items, loading, problem, more: cursor !== null, next };
}
