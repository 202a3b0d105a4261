import { startSandbox, type RunningSandbox } from '../../sandbox/server.js';

/** A sandbox for the service at `appUrl`. All of a run sign with one key: to make one takes a tenth of a second. */
export function sandboxFor(appUrl: string): Promise<RunningSandbox> {
  return startSandbox({ appUrl, privateKey: process.env['TEST_PRIVATE_KEY'] || undefined });
}
