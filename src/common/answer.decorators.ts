import type { z } from 'zod';
import type { ProblemCode } from './problems.js';

/** An answer beside the usual one: a redirect, a page, another status. */
export interface OtherAnswer {
  readonly description: string;
  /** `application/json` where a schema is given and nothing is said. */
  readonly type?: string;
  readonly schema?: z.ZodType;
}

export interface AnswerOptions {
  /** What the handler itself may refuse with. What guards and schemas refuse is known without a word. */
  readonly problems?: readonly ProblemCode[];
  readonly also?: Readonly<Record<number, OtherAnswer>>;
  /** A credential that a guard of the route's own asks for, where it is not a session. */
  readonly credential?: 'operatorToken';
}

export interface AnswerNote extends AnswerOptions {
  readonly summary: string;
  readonly schema?: z.ZodType;
}

type Immutable<T> = T extends Date
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Immutable<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Immutable<T[Key]> }
      : T;

type Handler<Answer> = (...args: never[]) => Answer | Promise<Answer>;
type HandlerDecorator<Answer> = <Method extends Handler<Answer>>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<Method>,
) => void;

const NOTES = new WeakMap<object, AnswerNote>();

/**
 * Says what a handler answers, for the OpenAPI document. A handler that returns something else does not compile. Does not
 * check or strip anything while the service runs.
 *
 * @example
 * ```ts
 * @Answers(pageOfInvoices, 'Invoices, the newest first')
 * @Get()
 * list(): Promise<Page<Invoice>> {}
 * ```
 */
export function Answers<Schema extends z.ZodType>(
  schema: Schema,
  summary: string,
  options: AnswerOptions = {},
): HandlerDecorator<Immutable<z.output<Schema>>> {
  return note({ ...options, schema, summary });
}

/**
 * Says what a handler does that answers with nothing, or by hand: a page, a redirect. Does not check that it does.
 *
 * @example
 * ```ts
 * @Does('Ends a session of mine')
 * @Delete(':id')
 * @HttpCode(204)
 * async end(): Promise<void> {}
 * ```
 */
export function Does(summary: string, options: AnswerOptions = {}): HandlerDecorator<unknown> {
  return note({ ...options, summary });
}

/** What a handler says of its answers, if anything. */
export function answerOf(handler: object): AnswerNote | undefined {
  return NOTES.get(handler);
}

function note(words: AnswerNote): HandlerDecorator<never> {
  return (_target, _name, { value }) => {
    if (value) NOTES.set(value, words);
  };
}
