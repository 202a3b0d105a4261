import type { ReactNode } from 'react';

/** A short word on the state of something. The colour only repeats what the word says. */
export function Badge({
  tone = 'good',
  children,
}: {
  readonly tone?: 'good' | 'notice';
  readonly children: ReactNode;
}) {
  return <span className={tone === 'notice' ? 'badge notice' : 'badge'}>{children}</span>;
}
