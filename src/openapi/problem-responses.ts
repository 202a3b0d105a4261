import { z } from 'zod';
import { PROBLEMS, type ProblemCode } from '../common/problems.js';
import type { JsonSchema, Response } from './document.js';

const codes = Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]];

/** Every error of the service (RFC 9457). Its members may be more than these. */
export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.enum(codes).describe('Stable: what a program decides by.'),
    requestId: z.string().describe('As in `X-Request-Id`.'),
    errors: z.exactOptional(
      z.array(z.object({ field: z.string(), message: z.string() })).describe('For `invalid_request`.'),
    ),
  })
  .meta({ id: 'Problem' });

/** One answer for each status of these codes, and one for whatever else may go wrong. */
export function problemResponses(
  found: readonly ProblemCode[],
  schema: JsonSchema,
  needs: string,
): Record<string, Response> {
  const content = { 'application/problem+json': { schema } };
  const byStatus = Map.groupBy(new Set(found), (code) => PROBLEMS[code].status);
  const responses = [...byStatus].map(([status, group]): [string, Response] => {
    const titles = group.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`);
    const description = [...titles, ...(status === 403 && needs !== '' ? [needs] : [])].join(' ');
    return [
      String(status),
      { description, ...headersOf(status), content, 'x-problem-codes': group.toSorted() },
    ];
  });
  return {
    ...Object.fromEntries(responses),
    default: { description: 'Whatever else goes wrong.', content },
  };
}

function headersOf(status: number): Pick<Response, 'headers'> {
  if (status === 401)
    return {
      headers: { 'WWW-Authenticate': { description: 'The challenge.', schema: { type: 'string' } } },
    };
  if (status === 429 || status === 503)
    return {
      headers: {
        'Retry-After': { description: 'Seconds to wait before the next try.', schema: { type: 'integer' } },
      },
    };
  return {};
}
