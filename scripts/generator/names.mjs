// What a new module is called, in every spelling that its files need.

const SHAPE = /^[a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*$/;
/** Words of the language, and names that would hide something that a generated file uses. */
const RESERVED = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function id if implements import in instanceof interface let new null package private protected ' +
    'public query return static super switch this throw true try typeof undefined var void while with yield given made ' +
    'page app permission organization user session sql'
  ).split(' '),
);
/** PostgreSQL's own, as far as they look like a plural. */
const RESERVED_TABLES = new Set(['analyses', 'columns', 'tables', 'users']);

export class NameProblem extends Error {}

/** @throws {NameProblem} where nothing can be called so */
export function namesOf(given, singularGiven) {
  if (given === undefined) throw new NameProblem('Say what the module is for: npm run new -- reports');
  check(given, 'reports, sales-reports');
  if (given.length > 40) throw new NameProblem(`${given} is too long: 40 characters at most.`);
  const singular = singularGiven ?? singularOf(given);
  if (singular === null || singular === given) {
    throw new NameProblem(
      `${given} does not look like a plural. Name the module after many things (reports), or say what one of them is called: npm run new -- ${given} --singular <one of them>`,
    );
  }
  check(singular, 'report, sales-report');
  for (const name of [given, singular]) {
    if (RESERVED.has(name) || RESERVED_TABLES.has(name))
      throw new NameProblem(`${name} is a reserved word: choose another name.`);
  }
  const words = singular.replaceAll('-', ' ');
  const article = `${/^[aeiou]/.test(singular) ? 'an' : 'a'} ${words}`;
  return {
    'kebab-names': given,
    snake_names: given.replaceAll('-', '_'),
    // An id is letters and underscores: a digit would not pass as a cursor.
    snake_name: singular.replaceAll('-', '_').replace(/\d/g, ''),
    names: camel(given),
    name: camel(singular),
    Names: upper(camel(given)),
    Name: upper(camel(singular)),
    'word-names': given.replaceAll('-', ' '),
    'Word-names': upper(given.replaceAll('-', ' ')),
    'article-word-name': article,
    'Article-word-name': upper(article),
  };
}

export function fill(template, names) {
  return template.replaceAll(/\{\{([\w-]+)\}\}/g, (_, key) => {
    if (names[key] === undefined) throw new Error(`The template has a gap that nothing fills: ${key}`);
    return names[key];
  });
}

function check(name, examples) {
  if (!SHAPE.test(name))
    throw new NameProblem(
      `"${name}" cannot be a name: lower case, words joined by one hyphen (${examples}).`,
    );
}

function singularOf(plural) {
  if (/[^aeiou]ies$/.test(plural)) return plural.replace(/ies$/, 'y');
  if (/(?:ss|sh|ch|x|zz)es$/.test(plural)) return plural.replace(/es$/, '');
  return /[^su]s$/.test(plural) ? plural.replace(/s$/, '') : null;
}

function camel(name) {
  return name.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

function upper(name) {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
