import { Controller, Get, Module, Post } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { Clock, SystemClock } from '../../common/clock.js';
import { ProblemError } from '../../common/problem-error.js';
import { ProblemFilter } from '../../common/problem.filter.js';
import { Config } from '../../config/config.js';
import type { Organization, Principal, Session, User } from '../../identity/principal.js';
import { Meter } from '../../metrics/meter.js';
import { Exposition } from '../../prometheus/exposition.js';
import { machinePrincipal, userPrincipal } from '../../testing/principals.js';
import {
  OptionalAuth,
  Public,
  RequireAccess,
  RequirePermissions,
  RequireRecentAuth,
  RequireRoles,
} from './auth.decorators.js';
import {
  CurrentOrganization,
  CurrentPrincipal,
  CurrentSession,
  CurrentUser,
  OrganizationParam,
} from './principal.decorators.js';
import type { AuditEvent } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import { OpenConnections } from './open-connections.js';
import { CredentialReader } from '../credentials/passport.provider.js';
import { ResourceGuard } from './resource-guard.service.js';
import { SessionGuard } from './session.guard.js';

const AT = new Date('2026-03-01T12:00:00Z');
const ADA = userPrincipal(
  {
    user: { id: 'user_ada', email: 'ada@acme.com' },
    organization: { id: 'org_acme', name: 'Acme' },
    roles: ['member'],
    permissions: ['invoices:read'],
  },
  AT,
);
const ALONE: Principal = { ...ADA, organization: null };
const MACHINE = machinePrincipal({ organization: 'org_acme', permissions: ['invoices:read'] }, AT);

/** The credential is a word in a header: who it stands for, or what goes wrong. */
class WordReader extends CredentialReader {
  asked = 0;

  recognize(): undefined {
    return undefined;
  }

  async read(request: Request): Promise<Principal | null> {
    this.asked += 1;
    switch (request.headers['x-word']) {
      case 'ada':
        return ADA;
      case 'alone':
        return ALONE;
      case 'machine':
        return MACHINE;
      case 'store down':
        throw new ProblemError('store_unavailable');
      case 'bug':
        throw new TypeError('secret internals');
      default:
        return null;
    }
  }
}

@Controller('open')
@Public()
class OpenController {
  @Get()
  open(@CurrentPrincipal() principal: Principal | null) {
    return { principal };
  }

  @Get('but-one')
  @RequirePermissions('invoices:write')
  butOne() {
    return { secret: true };
  }
}

@Controller('welcome')
class WelcomeController {
  @OptionalAuth()
  @Get()
  welcome(@CurrentUser() user: User | null) {
    return { user };
  }
}

@Controller('reports')
@RequirePermissions('invoices:read')
class ReportsController {
  @Get()
  list(
    @CurrentUser() user: User,
    @CurrentOrganization() organization: Organization,
    @CurrentSession() session: Session,
  ) {
    return { user: user.id, organization: organization.id, session: session.id };
  }

  @RequirePermissions('invoices:write')
  @Post()
  write() {
    return { secret: true };
  }

  @RequireRoles('admin')
  @Get('admin')
  admin() {
    return { secret: true };
  }
}

@Controller('organizations')
class FencedController {
  @Get(':organizationId/reports')
  reports(@OrganizationParam() organization: Organization) {
    return { organization: organization.id };
  }
}

@Controller('secrets')
class SecretsController {
  @RequireRecentAuth(300)
  @Get()
  secrets() {
    return { secret: true };
  }
}

@Controller('documents')
class DocumentsController {
  @RequireAccess('invoices:write', { resource: 'document', param: 'documentId' })
  @Get(':documentId')
  read() {
    return { secret: true };
  }
}

@Controller('silent')
class SilentController {
  @Get()
  silent(@CurrentPrincipal() principal: Principal) {
    return { principal };
  }
}

const reader = new WordReader();
const measured = new Exposition();
const recorded: AuditEvent[] = [];
const audit: Pick<AuditLog, 'record' | 'recordStranger'> = {
  record: async (event) => void recorded.push(event),
  recordStranger: async (event) => void recorded.push(event),
};

const resources: Pick<ResourceGuard, 'admits'> = {
  admits: async (requirements, principal, { documentId }) => {
    if (documentId === 'unsaid') throw new ProblemError('upstream_unavailable');
    return principal?.kind === 'user' && requirements.length > 0 && documentId === 'hers';
  },
};

@Module({
  controllers: [
    OpenController,
    WelcomeController,
    ReportsController,
    FencedController,
    SecretsController,
    DocumentsController,
    SilentController,
  ],
  providers: [
    { provide: CredentialReader, useValue: reader },
    { provide: AuditLog, useValue: audit },
    { provide: ResourceGuard, useValue: resources },
    OpenConnections,
    { provide: Clock, useClass: SystemClock },
    { provide: Config, useValue: { appUrl: 'https://app.example.com' } },
    { provide: Meter, useFactory: () => measured.getMeter('test') },
    { provide: APP_GUARD, useClass: SessionGuard },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
class TestModule {}

describe('the guard before every route', () => {
  let app: NestExpressApplication;
  beforeAll(async () => {
    app = await NestFactory.create<NestExpressApplication>(TestModule, { logger: false });
    // What a careless middleware or another library may leave behind.
    app.use((request: Request, _response: Response, next: NextFunction) => {
      if (request.headers['x-plant'])
        Object.assign(request, { principal: ADA, user: ADA, session: ADA.session, auth: ADA });
      next();
    });
    await app.init();
  });
  afterAll(() => app.close());

  const get = (path: string, word?: string) => {
    const request = supertest(app.getHttpServer()).get(path);
    return word === undefined ? request : request.set('x-word', word);
  };

  it('refuses a route without a word on access to whoever is not signed in, and names the scheme', async () => {
    const answer = await get('/silent');
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ code: 'unauthenticated' });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect((await get('/silent', 'ada')).body).toMatchObject({ principal: { user: { id: 'user_ada' } } });
  });

  it.each([
    '/silent/',
    '/SILENT',
    '/%73ilent',
    '//silent',
    '/silent;x',
    '/open/../silent',
    '/silent?public',
    '/silent%2f',
  ])('does not open with %s', async (path) => {
    const { status, body } = await get(path);
    expect([401, 404]).toContain(status);
    expect(JSON.stringify(body)).not.toContain('principal');
  });

  it('does not look at credentials on a public route', async () => {
    const before = reader.asked;
    expect((await get('/open', 'store down')).status).toBe(200);
    expect((await get('/open', 'ada')).body).toEqual({ principal: null });
    expect(reader.asked).toBe(before);
  });

  it('holds a handler of a public controller to the permission that it asks for', async () => {
    expect((await get('/open/but-one')).status).toBe(401);
    expect((await get('/open/but-one', 'ada')).body).toMatchObject({ code: 'missing_permission' });
  });

  it('tells an optional route who it is, or that it is nobody', async () => {
    expect((await get('/welcome')).body).toEqual({ user: null });
    expect((await get('/welcome', 'ada')).body).toMatchObject({ user: { id: 'user_ada' } });
  });

  it.each(['/welcome', '/silent', '/reports'])(
    'answers 503 on %s when it cannot be said who it is, not "nobody"',
    async (path) => {
      const answer = await get(path, 'store down');
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toBe('5');
      expect(answer.headers['www-authenticate']).toBeUndefined();
    },
  );

  it('lets nobody in on a fault of ours, and keeps it to itself', async () => {
    for (const path of ['/welcome', '/silent']) {
      const answer = await get(path, 'bug');
      expect(answer.status).toBe(500);
      expect(answer.text).not.toContain('internals');
    }
  });

  it('hands out the user, the organization and the session', async () => {
    expect((await get('/reports', 'ada')).body).toEqual({
      user: 'user_ada',
      organization: 'org_acme',
      session: ADA.session.id,
    });
  });

  it('runs no handler that wants an organization for a person without one', async () => {
    const answer = await get('/reports', 'alone');
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([403, 'organization_required']);
  });

  it('asks for the permissions of the class and of the handler', async () => {
    const answer = await supertest(app.getHttpServer()).post('/reports').set('x-word', 'ada');
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([403, 'missing_permission']);
  });

  it('asks for the role of the handler', async () => {
    const answer = await get('/reports/admin', 'ada');
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([403, 'missing_role']);
  });

  it('counts refusals by reason and credential', async () => {
    await Promise.all([get('/reports'), get('/reports/admin', 'ada'), get('/documents/hers', 'machine')]);
    const counted = (await measured.text()).matchAll(/refusals_total\{reason="(\w+)",credential="(\w+)"/g);
    const kinds = ['unauthenticated none', 'missing_role session', 'missing_permission machine'];
    expect([...counted].map(([, ...words]) => words.join(' '))).toEqual(expect.arrayContaining(kinds));
  });

  it('records who was refused what, and nothing of whoever is not signed in', async () => {
    recorded.length = 0;
    await get('/reports');
    await get('/reports/admin', 'ada');
    expect(recorded).toEqual([
      {
        action: 'access.refused',
        reason: 'missing_role',
        userId: 'user_ada',
        organizationId: 'org_acme',
        connectionId: null,
        sessionId: ADA.session.id,
        details: {},
      },
    ]);
  });

  it('tells an API caller where people sign in', async () => {
    const { body } = await get('/silent').set('Sec-Fetch-Mode', 'cors').set('Accept', 'text/html');
    expect(body).toMatchObject({ signInUrl: 'https://app.example.com/auth/login' });
  });

  it.each([
    ['that navigates', { 'Sec-Fetch-Mode': 'navigate', Accept: '*/*' }],
    ['that prefers HTML and says no more', { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }],
  ])('sends a browser %s to the sign-in, and back', async (_, headers) => {
    const answer = await get('/silent?month=3').set(headers);
    expect(answer.status).toBe(302);
    expect(answer.headers['location']).toBe('/auth/login?return_to=%2Fsilent%3Fmonth%3D3');
  });

  it('sends no form and no script to the sign-in', async () => {
    const post = supertest(app.getHttpServer()).post('/reports').set('Sec-Fetch-Mode', 'navigate');
    expect((await post).status).toBe(401);
    expect((await get('/silent').set('Accept', '*/*')).status).toBe(401);
  });

  it('shows a tenant its own, and of others not even that they are there', async () => {
    expect((await get('/organizations/org_acme/reports', 'ada')).body).toEqual({ organization: 'org_acme' });
    expect((await get('/organizations/org_acme/reports', 'machine')).status).toBe(200);
    recorded.length = 0;
    for (const id of ['org_globex', 'ORG_ACME', 'org_acme%00', '%6frg_acme%20']) {
      const answer = await get(`/organizations/${id}/reports`, 'ada');
      expect([answer.status, (answer.body as { code: string }).code]).toEqual([404, 'not_found']);
    }
    expect((await get('/organizations/org_acme/reports', 'alone')).status).toBe(404);
    expect((await get('/organizations/org_acme/reports')).status).toBe(401);
    expect(new Set(recorded.map(({ reason }) => reason))).toEqual(new Set(['other_organization']));
  });

  it('runs no handler that wants a person for a machine', async () => {
    const answer = await get('/reports', 'machine');
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([403, 'principal_not_accepted']);
  });

  it('asks of whoever comes so far whether they may have the one resource', async () => {
    expect((await get('/documents/hers', 'ada')).body).toEqual({ secret: true });
    recorded.length = 0;
    const answer = await get('/documents/his', 'ada');
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([403, 'missing_permission']);
    expect(recorded).toMatchObject([{ action: 'access.refused', reason: 'missing_permission' }]);
    expect((await get('/documents/hers', 'machine')).status).toBe(403);
    expect((await get('/documents/unsaid', 'ada')).status).toBe(503);
    expect((await get('/documents/unsaid')).status).toBe(401);
  });

  it('sends a browser away to prove anew who they are, and tells an API caller how', async () => {
    const page = await get('/secrets', 'ada').set('Sec-Fetch-Mode', 'navigate');
    expect([page.status, page.headers['location']]).toEqual([
      302,
      '/auth/login?reauthenticate=true&organization=org_acme&return_to=%2Fsecrets',
    ]);
    const answer = await get('/secrets', 'ada');
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(
      /^Bearer error="insufficient_user_authentication", .*max_age=300$/,
    );
    expect(answer.body).toMatchObject({
      code: 'reauthentication_required',
      maxAge: 300,
      signInUrl: 'https://app.example.com/auth/login?reauthenticate=true&organization=org_acme',
    });
  });

  it('believes nothing that stands on the request, in a header or in a body', async () => {
    const planted = JSON.stringify(ADA);
    const names = ['x-user', 'x-principal', 'x-workos-session', 'x-forwarded-user', 'authorization'];
    const headers = Object.fromEntries(names.map((name) => [name, planted]));
    expect((await get('/silent').set('x-plant', '1').set(headers)).status).toBe(401);
    expect((await get('/welcome').set('x-plant', '1').set(headers)).body).toEqual({ user: null });
    const post = supertest(app.getHttpServer()).post('/reports').set('x-plant', '1');
    expect((await post.send({ principal: ADA, user: ADA, __proto__: ADA })).status).toBe(401);
    expect((await get('/open').set('x-plant', '1')).body).toEqual({ principal: null });
  });
});
