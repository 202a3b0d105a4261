import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

const file = new URL('../node_modules/@workos/openapi-spec/open-api-spec.yaml', import.meta.url);
const document: unknown = parse(readFileSync(file, 'utf8'));
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'workos', ...(document as object) });

const pointer = (part: string): string =>
  encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

/** Why the answer is not what WorkOS's document says of this operation and status; empty where it is. */
export function differences(operation: string, status: number, body: unknown): unknown {
  const [method = '', path = ''] = operation.split(' ');
  const at = [
    'paths',
    path,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    'application/json',
  ];
  const validate = ajv.getSchema(`workos#/${at.map(pointer).join('/')}/schema`);
  if (!validate) throw new Error(`WorkOS's document says nothing of ${operation} ${status}`);
  return validate(body) === true ? [] : validate.errors;
}
