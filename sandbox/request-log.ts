import type { RequestHandler } from 'express';

export interface LoggedRequest {
  method: string;
  /** Without the query, which may hold codes and states. */
  path: string;
  /** Null while unanswered; 0 where the connection ended without an answer. */
  status: number | null;
  at: string;
}

const KEPT = 200;

/** The last requests received, so that a test can say that no exchange happened. */
export class RequestLog {
  entries: LoggedRequest[] = [];

  record(now: () => Date): RequestHandler {
    return (request, response, next) => {
      const entry: LoggedRequest = {
        method: request.method,
        path: request.path,
        status: null,
        at: now().toISOString(),
      };
      this.entries = [...this.entries.slice(1 - KEPT), entry];
      response.on('close', () => {
        entry.status = response.writableFinished ? response.statusCode : 0;
      });
      next();
    };
  }

  clear(): void {
    this.entries = [];
  }
}
