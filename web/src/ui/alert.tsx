import { useEffect, useRef, type ReactNode } from 'react';

interface AlertProps {
  readonly id?: string;
  readonly title: string;
  /** `h1` where the alert is all that the screen says. */
  readonly titleAs?: 'h1' | 'p';
  readonly children: ReactNode;
}

/** Takes the focus when it appears, so that nobody has to find out that something went wrong. */
export function Alert({ id, title, titleAs: Title = 'p', children }: AlertProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} id={id} role="alert" tabIndex={-1} className="alert">
      <Title className="alert-title">{title}</Title>
      {children}
    </div>
  );
}
