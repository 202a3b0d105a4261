// Writes .env.example and the table of variables in the README from the schema that reads them.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configTable, envExample } from '../dist/src/config/config.docs.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
writeFileSync(join(root, '.env.example'), envExample());
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const marks = /(<!-- config -->\n)[\s\S]*?(<!-- \/config -->)/;
writeFileSync(join(root, 'README.md'), readme.replace(marks, `$1${configTable()}$2`));
