import { environment } from './config.schema.js';

interface Variable {
  readonly name: string;
  readonly meaning: string;
  readonly fallback: string | null;
}

/** Names whose default is worked out at start-up stand in `.env.example` without a value. */
function variables(): Variable[] {
  return Object.entries(environment.shape).flatMap(([name, schema]) => {
    const meaning = schema.description;
    if (meaning === undefined) return [];
    const parsed = schema.safeParse(undefined);
    const value = parsed.success ? parsed.data : undefined;
    const fallback =
      value === undefined || (Array.isArray(value) && value.length === 0) ? null : String(value);
    return [{ name, meaning, fallback }];
  });
}

/** Markdown: one row for each variable. */
export function configTable(): string {
  const rows = variables().map(
    ({ name, meaning, fallback }) =>
      `| \`${name}\` | ${meaning} | ${fallback === null ? '' : `\`${fallback}\``} |`,
  );
  return ['| variable | meaning | default |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

/** A file to copy to `.env`: every variable with its meaning, switched off. */
export function envExample(): string {
  const entries = variables().map(
    ({ name, meaning, fallback }) => `# ${meaning}\n# ${name}=${fallback ?? ''}\n`,
  );
  return [
    '# Copy to .env and set what differs. Made from src/config/config.schema.ts by `npm run docs:config`.\n',
    ...entries,
  ].join('\n');
}
