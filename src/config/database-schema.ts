const NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * The PostgreSQL schema that the tables live in: `?schema=` of the URL, else `public`. An application with tables of its own in
 * the same database gives Gatehouse one, since both may have `users`, and a table of migrations. `null` for a name that would
 * have to be quoted.
 */
export function schemaOf(databaseUrl: string): string | null {
  const schema = new URL(databaseUrl).searchParams.get('schema') ?? 'public';
  return NAME.test(schema) ? schema : null;
}
