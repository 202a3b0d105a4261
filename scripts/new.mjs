// Makes a module for a resource that belongs to organizations: `npm run new -- reports`. All of it, or nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { editsOf } from './generator/edits.mjs';
import { fill, NameProblem, namesOf } from './generator/names.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const templates = join(root, 'scripts/generator/module');
const MIGRATIONS = 'src/database/migrations';
/** Written by commands that read the application. */
const DERIVED = ['docs/routes.txt', 'docs/openapi.json', 'client/schema.ts'];

const read = (path) => readFileSync(join(root, path), 'utf8');

function plan() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { singular: { type: 'string' } },
  });
  if (positionals.length > 1) throw new NameProblem('One module at a time: npm run new -- reports');
  const names = namesOf(positionals[0], values.singular);
  const kebab = names['kebab-names'];
  const folder = `src/${kebab}`;
  const taken = readdirSync(join(root, MIGRATIONS)).toSorted();
  const number = String(Number(taken.at(-1).slice(0, 4)) + 1).padStart(4, '0');
  const migration = `${number}-${kebab}`;
  const all = taken.map((name) => readFileSync(join(root, MIGRATIONS, name), 'utf8')).join('\n');
  if (existsSync(join(root, folder))) throw new NameProblem(`${folder} is there already.`);
  if (existsSync(join(root, `src/${kebab}.ts`))) throw new NameProblem(`src/${kebab}.ts is there already.`);
  if (new RegExp(`create table ${names.snake_names}\\b`).test(all))
    throw new NameProblem(`There is a table ${names.snake_names} already: choose another name.`);
  if (read('src/permissions.ts').includes(`'${kebab}:`))
    throw new NameProblem(`There are permissions ${kebab}:… already: choose another name.`);
  if (new RegExp(` /v1/${kebab}(?:/| )`).test(read('docs/routes.txt')))
    throw new NameProblem(`There are routes /v1/${kebab} already: choose another name.`);
  if (read('docs/openapi.json').includes(`"#/components/schemas/${names.Name}"`))
    throw new NameProblem(`The API has something called ${names.Name} already: choose another name.`);
  const made = Object.fromEntries(
    ['controller.spec', 'controller', 'module', 'repository', 'schemas'].map((role) => [
      `${folder}/${kebab}.${role}.ts`,
      fill(readFileSync(join(templates, `${role}.ts.txt`), 'utf8'), names),
    ]),
  );
  made[`${MIGRATIONS}/${migration}.ts`] = fill(
    readFileSync(join(templates, 'migration.ts.txt'), 'utf8'),
    names,
  );
  const changed = Object.fromEntries(
    Object.entries(editsOf(names, migration)).map(([path, edit]) => [path, edit(read(path))]),
  );
  return { names, folder, made, changed };
}

function run(script, ...args) {
  const { status } = spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`${script} did not end well.`);
}

/** All of it, or nothing: whatever goes wrong, and be it Ctrl-C, the files are as they were. */
function write({ folder, made, changed }) {
  const before = [...Object.keys(changed), ...DERIVED].map((path) => [path, read(path)]);
  const ignore = () => undefined;
  process.on('SIGINT', ignore).on('SIGTERM', ignore);
  try {
    mkdirSync(join(root, folder));
    for (const [path, text] of Object.entries({ ...made, ...changed })) writeFileSync(join(root, path), text);
    run('node_modules/oxfmt/bin/oxfmt', ...Object.keys(made), ...Object.keys(changed));
    run('scripts/bootstrap.cjs', 'build');
    run('scripts/routes.mjs', '--write');
    run('scripts/openapi.mjs');
  } catch (error) {
    for (const path of [folder, ...Object.keys(made)])
      rmSync(join(root, path), { recursive: true, force: true });
    for (const [path, text] of before) writeFileSync(join(root, path), text);
    throw error;
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', ignore);
  }
}

try {
  const planned = plan();
  write(planned);
  const kebab = planned.names['kebab-names'];
  console.log(`Written:
${Object.keys(planned.made)
  .map((path) => `  ${path}`)
  .join('\n')}
Changed:
${[...Object.keys(planned.changed), ...DERIVED].map((path) => `  ${path}`).join('\n')}

Next:
  npm test -- ${planned.folder}    passes as it is
  Give ${planned.names['article-word-name']} its fields: in ${kebab}.schemas.ts, in \`columns\` of ${kebab}.repository.ts, and in the migration,
  which is never changed once it has run anywhere but here. Then npm run openapi.
  Give ${kebab}:read and ${kebab}:write to a role, then to API keys and M2M applications that are to call it: at WorkOS; in the
  sandbox, in sandbox/seed.yaml. Then npm start, and look at /docs.`);
} catch (error) {
  // Node's own words end with advice on quoting, which nobody needs here.
  const misspelt = error.code?.startsWith('ERR_PARSE_ARGS') ? error.message.split('. ')[0] : null;
  console.error(
    misspelt ? `${misspelt}: npm run new -- reports` : error instanceof NameProblem ? error.message : error,
  );
  console.error('Nothing was written.');
  process.exitCode = 1;
}
