/** The one place that looks at the environment of the process. */
export function processEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}
