// Where the service learns of a new module: each edit takes the text of a file and gives the new one.

/** @throws where the file no longer looks as expected: an edit that does not fit is not made */
export function editsOf(names, migration) {
  const { Names } = names;
  const kebab = names['kebab-names'];
  return {
    'src/app.module.ts': (text) => {
      const line = `import { ${Names}Module } from './${kebab}/${kebab}.module.js';\n`;
      const imported = replaceOnce(text, /(?:import [^\n]*;\n)+/, (imports) => `${imports}${line}`);
      return replaceOnce(
        imported,
        /^( +)imports: \[\n[\s\S]*?^\1\],/m,
        (list, indent) => `${list.slice(0, list.lastIndexOf('\n'))}\n${indent}  ${Names}Module,\n${indent}],`,
      );
    },
    'src/permissions.ts': (text) =>
      replaceOnce(text, /(export const PERMISSIONS = \{\n)([\s\S]*?\n)(\})/, (_, start, lines, end) => {
        const added = [
          `  '${kebab}:read': 'Read ${names['word-names']}.',`,
          `  '${kebab}:write': 'Create and delete ${names['word-names']}.',`,
        ];
        return `${start}${[...lines.trimEnd().split('\n'), ...added].toSorted().join('\n')}\n${end}`;
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

function replaceOnce(text, pattern, replacement) {
  if (!pattern.test(text)) throw new Error(`Nothing to change was found by ${pattern}.`);
  return text.replace(pattern, replacement);
}
