import { useEffect, useState } from 'react';
import { t } from '../language.js';

/** Counts Retry-After down for the eye; a screen reader finds it where it stands, without a word each second. */
export function RetryHint({ seconds }: { readonly seconds: number | null }) {
  const [left, setLeft] = useState(seconds ?? 0);
  useEffect(() => {
    const until = Date.now() + (seconds ?? 0) * 1000;
    const timer = window.setInterval(() => {
      const rest = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      setLeft(rest);
      if (rest === 0) window.clearInterval(timer);
    }, 500);
    return () => window.clearInterval(timer);
  }, [seconds]);
  if (seconds === null) return null;
  return (
    <p className="retry-hint" aria-live="off">
      {left > 0 ? t.retryIn(left) : t.retryNow}
    </p>
  );
}
