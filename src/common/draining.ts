import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';

/** Whether the process is on its way out: what is under way is finished, and nothing new is begun. */
@Injectable()
export class Draining implements BeforeApplicationShutdown {
  private closing = false;

  get isClosing(): boolean {
    return this.closing;
  }

  beforeApplicationShutdown(): void {
    this.closing = true;
  }
}
