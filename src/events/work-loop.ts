import { Logger } from '@nestjs/common';
import { retryDelay } from '../common/retry-delay.js';
import { describeFailure } from './describe-failure.js';

/**
 * Does rounds of work one after the other: the next at once while there is more, else when woken or after a pause. Never
 * throws: after a failure it waits, longer each time.
 */
export class WorkLoop {
  private readonly logger = new Logger('Events');
  private running: Promise<void> | null = null;
  private stopping = false;
  private woken = false;
  private rouse: (() => void) | null = null;

  /**
   * @param name for the log
   * @param round @returns whether there may be more to do at once
   * @param pause milliseconds between rounds with nothing to do
   * @param patience stretches the wait after failures, which is five seconds at most for 1
   */
  constructor(
    private readonly name: string,
    private readonly round: () => Promise<boolean>,
    private readonly pause: number,
    private readonly patience = 1,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  wake(): void {
    this.woken = true;
    this.rouse?.();
  }

  /** Resolves when the round under way has ended. No other begins. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.rouse?.();
    await this.running;
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.stopping) {
      this.woken = false;
      try {
        const more = await this.round();
        failures = 0;
        if (!more) await this.sleep(this.pause);
      } catch (error) {
        if (this.stopping) return;
        this.logger.warn({ failure: describeFailure(error) }, `${this.name}: trying again`);
        failures += 1;
        this.woken = false;
        await this.sleep(retryDelay(failures) * this.patience);
      }
    }
  }

  private async sleep(milliseconds: number): Promise<void> {
    if (this.woken || this.stopping) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.rouse = null;
  }
}
