import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

/** Where the built pages lie, from the sources as well as from the build. */
export function pagesFolder(): string {
  const manifest = findPackageJSON('..', import.meta.url);
  if (manifest === undefined) throw new Error('The pages are not where the package is: run `npm run build`.');
  return join(dirname(manifest), 'web', 'dist');
}
