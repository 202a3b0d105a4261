import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The case that every module of a tenant's things has: one that `npm run new` made begins with it. */
const CASE = /\bit\('of one organization are not there for another',[\s\S]*?\n {2}\}\);/;

/** Whether a route is of a module that tries it, in a spec of its own, as somebody of another organization. */
export function triesAnotherTenant(method: string, path: string): boolean {
  return hasOwnSpec(path) && isTriedIn(readFileSync(specOf(path), 'utf8'), method, path);
}

/** Whether a route is of a module that shows in a spec of its own what its routes answer. */
export function hasOwnSpec(path: string): boolean {
  return existsSync(specOf(path));
}

function specOf(path: string): string {
  const name = path.split('/')[2] ?? '';
  return join(import.meta.dirname, `../../src/${name}/${name}.controller.spec.ts`);
}

/** What an address names by an id must be 404 for the other; a list and what is created are only asked for. */
export function isTriedIn(spec: string, method: string, path: string): boolean {
  const tried = CASE.exec(spec)?.[0] ?? '';
  const address = path.replaceAll(/:\w+/g, String.raw`\$\{[^}]+\}`);
  const answer = path.includes(':') ? String.raw`\)\s*\.expect\(404\b` : '';
  const quote = '[\'"`]';
  return new RegExp(`\\.${method.toLowerCase()}\\(\\s*${quote}${address}${quote}${answer}`).test(tried);
}
