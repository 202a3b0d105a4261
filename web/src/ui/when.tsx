import { useEffect, useState } from 'react';
import { locale } from '../language.js';
import { absoluteTime, relativeTime } from '../relative-time.js';

const REFRESH_MS = 30_000;

/** "3 hours ago", with the exact time beside it where `exact` asks for it and as a tooltip otherwise. */
export function When({ at, exact = false }: { readonly at: string; readonly exact?: boolean }) {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(new Date()), REFRESH_MS);
    return () => window.clearInterval(timer);
  }, []);
  const date = new Date(at);
  const absolute = absoluteTime(date, locale);
  return (
    <time dateTime={at} title={exact ? undefined : absolute}>
      {relativeTime(date, now, locale)}
      {exact && <span className="exact">{absolute}</span>}
    </time>
  );
}
