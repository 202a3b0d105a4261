import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether a route is of a module that shows in a spec of its own what its routes answer, and to whom: one that `npm run new`
 * made begins with such a spec.
 */
export function hasOwnSpec(path: string): boolean {
  const name = path.split('/')[2] ?? '';
  return existsSync(join(import.meta.dirname, `../../src/${name}/${name}.controller.spec.ts`));
}
