import type { ErrorRequestHandler, Response } from 'express';
import { html, page } from './html.js';

/** A refusal that cannot be told to the application, so that the person reads it here. */
export class PageProblem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
  ) {
    super(`${title}: ${detail}`);
  }
}

/** A refusal that the application gets at its redirect URI; `error` is one of WorkOS's codes. */
export class CallbackProblem extends Error {
  constructor(
    readonly error: string,
    readonly description: string,
    readonly more: Record<string, string> = {},
  ) {
    super(`${error}: ${description}`);
  }
}

export function withParameters(url: string, parameters: Record<string, string | null>): string {
  const target = new URL(url);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null) target.searchParams.set(name, value);
  }
  return target.href;
}

/** Runs one step of a browser flow; what goes wrong in it goes back to the application. */
export async function redirecting(
  response: Response,
  callback: { redirectUri: string; state: string | null },
  step: () => Promise<string> | string,
): Promise<void> {
  try {
    response.redirect(await step());
  } catch (error) {
    if (!(error instanceof CallbackProblem)) throw error;
    const { error: code, description, more } = error;
    response.redirect(
      withParameters(callback.redirectUri, {
        error: code,
        error_description: description,
        ...more,
        state: callback.state,
      }),
    );
  }
}

export const answerPageProblems: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (!(error instanceof PageProblem)) return next(error);
  const body = html`<h1>${error.title}</h1>
    <div class="card"><p>${error.detail}</p></div>
    <p class="quiet"><a href="/">To the sandbox's first page</a></p>`;
  response.status(error.status).type('html').send(page(error.title, body));
};
