import { useId, type ReactNode, type Ref } from 'react';

interface CardProps {
  readonly title: string;
  /** To move the focus here after something inside has gone. */
  readonly headingRef?: Ref<HTMLHeadingElement>;
  readonly children: ReactNode;
}

export function Card({ title, headingRef, children }: CardProps) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <h2 id={id} ref={headingRef} tabIndex={-1}>
        {title}
      </h2>
      {children}
    </section>
  );
}
