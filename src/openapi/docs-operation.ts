import { escapeHtml } from '../common/html.js';
import { member, prose, schemaList, typeOf } from './docs-schema.js';
import type { Content, Operation, Response, Security } from './document.js';

/** One operation, folded until somebody wants to know. */
export function operationSection(path: string, method: string, operation: Operation): string {
  const { operationId, summary = '', description, parameters = [], requestBody, responses } = operation;
  const parts = [
    description === undefined ? '' : `<p>${prose(description)}</p>`,
    `<p class="access">${accessWords(operation.security)}</p>`,
    parameters.length > 0
      ? part(
          'Parameters',
          `<dl class="members">${parameters
            .map((one) =>
              member(one.name, one.schema, `${PLACES[one.in]}${one.required ? '' : ', optional'}`),
            )
            .join('')}</dl>`,
        )
      : '',
    requestBody ? part('Body', contentOf(requestBody)) : '',
    part('Answers', `<dl class="answers">${Object.entries(responses).map(answer).join('')}</dl>`),
  ];
  return `<details class="operation" id="${operationId}">
<summary><span class="method">${method.toUpperCase()}</span> <code>${escapeHtml(path)}</code> <span class="words">${prose(summary)}</span></summary>
<div class="told">${parts.join('\n')}</div>
</details>`;
}

function part(title: string, body: string): string {
  return `<h3>${title}</h3>${body}`;
}

function answer([status, response]: [string, Response]): string {
  const words = status === 'default' ? 'else' : status;
  return `<div><dt>${words}</dt><dd><p>${linked(response)}</p>${contentOf(response)}</dd></div>`;
}

/** The description, with each code leading to what it means. */
function linked({ description, 'x-problem-codes': codes = [] }: Response): string {
  return codes.reduce(
    (text, code) => text.replace(`<code>${code}</code>`, `<a href="#problem-${code}">$&</a>`),
    prose(description),
  );
}

function contentOf({ content = {} }: Content): string {
  // Every problem looks the same: the page says so once.
  const told = Object.entries(content).filter(([type]) => type !== 'application/problem+json');
  return told
    .map(([type, { schema }]) => {
      const body = 'properties' in schema ? schemaList(schema) : `<p>${typeOf(schema)}</p>`;
      return `<p class="remark">${escapeHtml(type)}</p>${type === 'text/html' ? '' : body}`;
    })
    .join('');
}

const PLACES = { path: 'in the path', query: 'in the query', header: 'a header' } as const;

const SCHEMES: Readonly<Record<string, string>> = {
  session: 'the session cookie',
  bearer: 'a bearer token',
  operatorToken: "the operators' token",
};

function accessWords(security: Security): string {
  const names = security.flatMap((one) => Object.keys(one)).map((name) => SCHEMES[name] ?? name);
  if (names.length === 0) return 'Open to everybody.';
  const optional = security.some((one) => Object.keys(one).length === 0);
  return `${optional ? 'Takes, and does without,' : 'Needs'} ${names.join(' or ')}.`;
}
