import { answerOf, type AnswerNote } from '../common/answer.decorators.js';
import type { ProblemCode } from '../common/problems.js';
import type { Route } from '../auth/index.js';
import type { Operation, Response } from './document.js';
import { operationSecurity, ownSecurity, type OperationSecurity } from './operation-security.js';
import { problem, problemResponses } from './problem-responses.js';
import { routeInputs, type RouteInputs } from './route-inputs.js';
import type { SchemaRegistry } from './schema-registry.js';

const SILENT: AnswerNote = { summary: '' };

/** A route as the document tells of it. Everything but the words is read from what the service itself goes by. */
export function operationOf(route: Route, schemas: SchemaRegistry): Operation {
  const words = answerOf(route.handler) ?? SILENT;
  const guarded = words.credential
    ? ownSecurity(words.credential)
    : operationSecurity(route, route.method === 'GET');
  const inputs = routeInputs(route, schemas);
  const codes = problemCodes(route, inputs, guarded, words);
  return {
    operationId: operationId(route),
    tags: [tagOf(route)],
    ...(words.summary === '' ? {} : { summary: words.summary }),
    ...(guarded.needs === '' ? {} : { description: guarded.needs }),
    security: guarded.security,
    ...(inputs.parameters.length > 0 ? { parameters: inputs.parameters } : {}),
    ...(inputs.body ? { requestBody: { required: true, ...inputs.body } } : {}),
    // Last, what succeeds: a 503 that is an answer (of a probe) stands before the problem.
    responses: {
      ...problemResponses(codes, schemas.add(problem, 'output'), guarded.needs),
      ...successes(route, words, schemas),
    },
  };
}

/** The module's name without its role: `administration`. */
export function tagOf({ moduleName }: Route): string {
  return kebab(moduleName.replace(/(?:Root)?Module$/, ''));
}

/** `sessions_endOthers`; a second path of the same handler adds itself. */
function operationId({ controller, handlerName, path, isFirstPath }: Route): string {
  const owner = controller.name.replace(/Controller$/, '');
  const name = `${owner.charAt(0).toLowerCase()}${owner.slice(1)}_${handlerName}`;
  return isFirstPath ? name : `${name}_${path.replace(/\W+/g, '_').replace(/^_|_$/g, '')}`;
}

function problemCodes(
  { method, path, access }: Route,
  { parameters, body }: RouteInputs,
  { refusals }: OperationSecurity,
  { problems = [] }: AnswerNote,
): ProblemCode[] {
  const found: ProblemCode[] = [...refusals];
  const takesWords = parameters.some((parameter) => parameter.in === 'query');
  if (takesWords || body) found.push('invalid_request');
  if (body) found.push('payload_too_large', 'unsupported_media_type');
  if (access !== 'public' && method !== 'GET') found.push('cross_origin');
  if (path.includes(':')) found.push('not_found');
  return [...found, ...problems];
}

function successes({ successStatus }: Route, words: AnswerNote, schemas: SchemaRegistry) {
  const { schema, also = {} } = words;
  const others = Object.entries(also).map(([status, other]): [string, Response] => {
    const { description, type = other.schema ? 'application/json' : undefined } = other;
    const json = other.schema ? schemas.add(other.schema, 'output') : { type: 'string' };
    return [status, { description, ...(type ? { content: { [type]: { schema: json } } } : {}) }];
  });
  if (!schema && others.length > 0) return Object.fromEntries(others);
  const description = successStatus === 201 ? 'Created.' : 'Done.';
  const content = schema && { 'application/json': { schema: schemas.add(schema, 'output') } };
  return Object.fromEntries([
    [String(successStatus), { description, ...(content ? { content } : {}) }],
    ...others,
  ]) as Record<string, Response>;
}

function kebab(name: string): string {
  return name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
