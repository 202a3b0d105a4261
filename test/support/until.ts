import { setTimeout as pause } from 'node:timers/promises';

/** Resolves as soon as the condition holds. @throws where it does not come to hold in time */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  milliseconds = 30_000,
): Promise<void> {
  const giveUp = performance.now() + milliseconds;
  while (!(await condition())) {
    if (performance.now() > giveUp) throw new Error(`Waited ${milliseconds} ms in vain until ${what}`);
    await pause(5);
  }
}
