import {
  Body,
  BadRequestException,
  Controller,
  Get,
  HttpException,
  Module,
  Param,
  Post,
  type INestApplication,
} from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { bodyRules } from './body-rules.js';
import { ProblemError } from './problem-error.js';
import { ProblemFilter } from './problem.filter.js';
import { PROBLEMS } from './problems.js';
import { requestId } from './request-origin.js';

const CANARY = 'canary-3f9a';
const PAGE = 'text/html,application/xhtml+xml,*/*;q=0.8';

const failures: Readonly<Record<string, () => unknown>> = {
  bug: () => new TypeError(`cannot read ${CANARY} of undefined`),
  sql: () =>
    Object.assign(new Error(`select * from ${CANARY}`), { code: '42P01', detail: CANARY, query: CANARY }),
  text: () => CANARY,
  nothing: () => undefined,
  object: () => ({ status: 200, message: CANARY }),
  caused: () => new ProblemError('upstream_unavailable', { cause: new Error(CANARY) }),
  later: () => new ProblemError('upstream_unavailable', { retryAfter: 17 }),
  exact: () => new ProblemError('invalid_request', { detail: 'The date lies in the future.' }),
  members: () =>
    new ProblemError('invalid_request', {
      members: { errors: [{ field: 'a' }], status: 200, code: 'ok', requestId: 'x', type: 'x', detail: 'x' },
    }),
  headers: () => new ProblemError('method_not_allowed', { headers: { Allow: 'POST' } }),
  idp: () => new ProblemError('idp_error', { members: { idpError: 'access_denied' }, cause: CANARY }),
  domain: () => new ProblemError('no_sso_for_domain', { members: { email: 'a&b=c@acme.com' } }),
  nest: () => new BadRequestException(`duplicate key ${CANARY}`),
  teapot: () => new HttpException({ stack: CANARY }, 418),
  shutdown: () => new HttpException(CANARY, 503),
};

@Controller()
class FailingController {
  @Get(['fail/:how', 'auth/fail/:how'])
  fail(@Param('how') how: string): never {
    throw failures[how]?.();
  }

  @Get('fine')
  fine() {
    return {};
  }

  @Post('echo')
  echo(@Body() body: unknown) {
    return { body };
  }
}

@Module({
  controllers: [FailingController],
  providers: [{ provide: APP_FILTER, useClass: ProblemFilter }],
})
class FailingModule {}

describe('an error', () => {
  let app: INestApplication;
  beforeAll(async () => {
    const express = await NestFactory.create<NestExpressApplication>(FailingModule, {
      logger: false,
      bodyParser: false,
    });
    express.use(requestId);
    express.use(bodyRules);
    express.useBodyParser('json', { limit: '1kb' });
    app = await express.init();
  });
  afterAll(() => app.close());

  const get = (path: string, accept = 'application/json') =>
    supertest(app.getHttpServer()).get(path).set({ accept, 'x-request-id': 'req-1' });

  it.each([
    ['bug', 500, 'internal_error'],
    ['sql', 500, 'internal_error'],
    ['text', 500, 'internal_error'],
    ['nothing', 500, 'internal_error'],
    ['object', 500, 'internal_error'],
    ['caused', 503, 'upstream_unavailable'],
    ['nest', 400, 'invalid_request'],
    ['teapot', 400, 'invalid_request'],
    ['shutdown', 503, 'shutting_down'],
  ])('that is a %s is answered with %d %s, and keeps its cause to itself', async (how, status, code) => {
    const answer = await get(`/fail/${how}`);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const { title, detail } = PROBLEMS[code as keyof typeof PROBLEMS];
    expect(answer.body).toEqual({ type: 'about:blank', title, status, detail, code, requestId: 'req-1' });
    expect(JSON.stringify([answer.text, answer.headers])).not.toContain(CANARY);
  });

  it.each([
    ['later', '17'],
    ['caused', '5'],
    ['shutdown', '5'],
    ['bug', undefined],
    ['exact', undefined],
  ])('that is a %s says when to come back: %s', async (how, seconds) => {
    expect((await get(`/fail/${how}`)).headers['retry-after']).toBe(seconds);
  });

  it('may say more exactly what is wrong', async () => {
    expect((await get('/fail/exact')).body).toMatchObject({ detail: 'The date lies in the future.' });
    expect((await get('/fail/headers')).headers['allow']).toBe('POST');
  });

  it('cannot pass for another one by what it adds', async () => {
    const { body } = await get('/fail/members');
    expect(body).toMatchObject({ errors: [{ field: 'a' }], status: 400, code: 'invalid_request' });
    expect(body).toMatchObject({ requestId: 'req-1', type: 'about:blank' });
  });

  describe('on a route that a person opens', () => {
    it.each([
      ['bug', 'error=internal_error&request_id=req-1'],
      ['later', 'error=upstream_unavailable&request_id=req-1&retry_after=17'],
      ['idp', 'error=idp_error&request_id=req-1&idp_error=access_denied'],
      ['domain', 'error=no_sso_for_domain&request_id=req-1&email=a%26b%3Dc%40acme.com'],
      ['members', 'error=invalid_request&request_id=req-1'],
    ])('that is a %s leads to the sign-in page: %s', async (how, query) => {
      const answer = await get(`/auth/fail/${how}`, PAGE);
      expect(answer.status).toBe(303);
      expect(answer.headers['location']).toBe(`/sign-in?${query}`);
      expect(answer.text).not.toContain(CANARY);
    });

    it('is no page of a node that is on its way out: a balancer asks another one', async () => {
      const answer = await get('/auth/fail/shutdown', PAGE);
      expect([answer.status, answer.body.code]).toEqual([503, 'shutting_down']);
    });

    it('is JSON for whoever asks for JSON, or for anything', async () => {
      for (const accept of [
        'application/json',
        '*/*',
        'application/problem+json',
        'application/json, text/html',
      ]) {
        expect([accept, (await get('/auth/fail/bug', accept)).status]).toEqual([accept, 500]);
      }
    });
  });

  it('is never a page on the API, also for a browser', async () => {
    expect((await get('/fail/bug', PAGE)).status).toBe(500);
    expect((await get('/authors/fail', PAGE)).status).toBe(404);
  });

  it.each<[string, string, string, number, string]>([
    ['no JSON', 'application/json', '{"a":', 400, 'invalid_request'],
    ['JSON that is no object', 'application/json', '"text"', 400, 'invalid_request'],
    ['too much', 'application/json', JSON.stringify({ a: 'x'.repeat(2000) }), 413, 'payload_too_large'],
    ['an unknown charset', 'application/json; charset=x-canary', '{}', 415, 'unsupported_media_type'],
    ['plain text', 'text/plain', '{"a":1}', 415, 'unsupported_media_type'],
    ['a form', 'application/x-www-form-urlencoded', 'a=1', 415, 'unsupported_media_type'],
    ['no type at all', '', '{}', 415, 'unsupported_media_type'],
  ])('of a body that is %s is the fault of the caller', async (_, type, body, status, code) => {
    const answer = await supertest(app.getHttpServer()).post('/echo').set('content-type', type).send(body);
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([status, code]);
  });

  it('of an encoding that nobody knows is the fault of the caller', async () => {
    const post = supertest(app.getHttpServer()).post('/echo').set('content-encoding', 'x-canary');
    const answer = await post.send({ a: 1 });
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([415, 'unsupported_media_type']);
  });

  it.each(['/fail/%', '/fail/%zz', '/fail/%c0%af', '/nowhere', '/%00'])(
    'of the path %s is no 5xx',
    async (path) => {
      const { status, body } = await get(path);
      expect([400, 404]).toContain(status);
      expect(body).toMatchObject({ requestId: 'req-1' });
    },
  );
});
