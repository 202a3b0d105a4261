import type { NestExpressApplication } from '@nestjs/platform-express';
import { pagesFolder } from './pages-folder.js';

/** Serves the files that the pages of `PagesModule` consist of. */
export function usePages(app: NestExpressApplication): void {
  app.useStaticAssets(`${pagesFolder()}/assets`, {
    prefix: '/assets/',
    index: false,
    setHeaders: keepForever,
  });
  app.useStaticAssets(pagesFolder(), { index: false, redirect: false });
}

/** Names of the files under `/assets` hold a hash of their content. */
function keepForever(response: {
  setHeader(name: string, value: string): unknown;
  removeHeader(name: string): void;
}): void {
  response.setHeader('Cache-Control', 'public, max-age=31536000, immutable');
  response.removeHeader('Vary');
}
