import { readConfig, ConfigError, type Config } from './config.js';
import { environment, type Environment } from './config.schema.js';

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Lowercase<Name>;
type Value<Parsed> = Parsed extends readonly unknown[]
  ? readonly string[] | string
  : Parsed extends number
    ? number | string
    : Parsed;

/** What the application around Gatehouse decides by itself. */
const OF_THE_APPLICATION = [
  'NODE_ENV',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'PORT',
  'METRICS_PORT',
  'LOG_LEVEL',
] as const;

type Variable = Exclude<keyof Environment, (typeof OF_THE_APPLICATION)[number]>;
type Required = 'WORKOS_API_KEY' | 'WORKOS_CLIENT_ID';

/**
 * The settings as an application gives them in code: `SESSION_KEYS` is `sessionKeys`, `WORKOS_API_KEY` is `workosApiKey`,
 * and so on for every variable of the service. What is undefined or empty counts as not given.
 */
export type Settings = {
  readonly [Name in Exclude<Variable, Required> as CamelCase<Name>]?:
    | Value<NonNullable<Environment[Name]>>
    | undefined;
} & { readonly [Name in Required as CamelCase<Name>]: string | undefined };

const OPTIONS = new Map(
  Object.keys(environment.shape)
    .filter((variable) => !OF_THE_APPLICATION.some((name) => name === variable))
    .map((variable) => [
      variable,
      variable.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    ]),
);
const VARIABLES = new Map([...OPTIONS].map(([variable, option]) => [option, variable]));

/**
 * Checks settings by the same schema as the environment of the service.
 * @param surroundings the process's environment: it alone says whether this is production
 * @throws {ConfigError} naming every option that is wrong, at once
 */
export function readSettings(
  settings: Settings,
  surroundings: Readonly<Record<string, string | undefined>>,
): Config {
  const { NODE_ENV, NODE_TLS_REJECT_UNAUTHORIZED } = surroundings;
  const env: Record<string, string | undefined> = { NODE_ENV, NODE_TLS_REJECT_UNAUTHORIZED };
  const problems: string[] = [];
  for (const [option, value] of Object.entries(settings)) {
    const variable = VARIABLES.get(option);
    if (variable === undefined) problems.push(`${option} is not a setting of Gatehouse`);
    else if (value !== undefined) env[variable] = String(value);
  }
  let config: Config | undefined;
  try {
    config = readConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems.map(byOption));
  }
  if (problems.length > 0 || config === undefined) throw new ConfigError(problems);
  return config;
}

/** Whoever gave options never saw the variables that they stand for. */
function byOption(problem: string): string {
  return problem.replace(/\b[A-Z][A-Z_]+\b/g, (word) => OPTIONS.get(word) ?? word);
}
