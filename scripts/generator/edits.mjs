// Where the service learns of a new module: each edit takes the text of a file and gives the new one.

/** @throws where the file no longer looks as expected: an edit that does not fit is not made */
export function editsOf(names, migration) {
  const { Names } = names;
  const kebab = names['kebab-names'];
  return {
    'src/app.module.ts': (text) => {
      const line = `import { ${Names}Module } from './${kebab}/${kebab}.module.js';\n`;
      const imported = replaceOnce(text, /(?:import [^\n]*;\n)+/, (imports) => amongModules(imports, line));
      return replaceOnce(imported, /^( +)imports: \[\n[\s\S]*?^\1\],/m, (list) =>
        replaceOnce(
          list,
          /^( +)\w+Module,\n(?![\s\S]*^ +\w+Module,\n)/m,
          (last, indent) => `${last}${indent}${Names}Module,\n`,
        ),
      );
    },
    'src/permissions.ts': (text) =>
      replaceOnce(text, /(export const PERMISSIONS = \{\n)([\s\S]*?\n)(\})/, (_, start, lines, end) => {
        const added = [
          `  '${kebab}:read': 'Read ${names['word-names']}.',`,
          `  '${kebab}:write': 'Create and delete ${names['word-names']}.',`,
        ];
        return `${start}${[...lines.trimEnd().split('\n'), ...added]
          .toSorted((one, other) => (one < other ? -1 : 1))
          .join('\n')}\n${end}`;
      }),
    'src/database/migrate.ts': (text) => {
      const line = `import * as ${names.names} from './migrations/${migration}.js';\n`;
      const imported = replaceOnce(text, /(?:import \* as [^\n]*;\n)+/, (imports) => `${imports}${line}`);
      return replaceOnce(
        imported,
        /const MIGRATIONS[^\n]*\{\n[\s\S]*?\n\};/,
        (list) => `${list.slice(0, -2)}  '${migration}': ${names.names},\n};`,
      );
    },
    '.dependency-cruiser.cjs': (text) =>
      replaceOnce(
        text,
        /const FEATURES = \[([\s\S]*?),?\s*\];/,
        (_, list) => `const FEATURES = [${list}, '${kebab}'];`,
      ),
  };
}

/** By the path, as the others stand; behind the last where none comes later. */
function amongModules(imports, line) {
  const pathOf = (text) => /'(\.\/[^']*)'/.exec(text)?.[1] ?? '';
  const lines = imports.trimEnd().split('\n');
  const later = lines.findIndex((one) => /Module }/.test(one) && pathOf(one) > pathOf(line));
  return `${lines.toSpliced(later === -1 ? lines.length : later, 0, line.trimEnd()).join('\n')}\n`;
}

function replaceOnce(text, pattern, replacement) {
  if (!pattern.test(text)) throw new Error(`Nothing to change was found by ${pattern}.`);
  return text.replace(pattern, replacement);
}
