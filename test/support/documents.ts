import { Controller, Get, Injectable, Param, Put } from '@nestjs/common';
import { Args, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import {
  CurrentOrganization,
  CurrentPrincipal,
  CurrentUser,
  OptionalAuth,
  OrganizationParam,
  PrincipalContext,
  Public,
  RequireAccess,
  RequirePermissions,
  type Organization,
  type Principal,
  type User,
} from '../../src/auth/index.js';
import { nameOf } from './live.gateway.js';

@Injectable()
export class Ledger {
  constructor(private readonly context: PrincipalContext) {}

  /** What a job writes down for somebody, whoever asks for it. */
  async sign(): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
    return nameOf(this.context.require()) ?? '';
  }
}

@Controller('documents')
export class DocumentsController {
  @RequireAccess('invoices:write', { resource: 'project', param: 'projectId' })
  @Put(':projectId')
  edit(@Param('projectId') projectId: string) {
    return { edited: projectId };
  }
}

const MACHINE: Principal = {
  kind: 'machine',
  machine: { clientId: 'nightly', expiresAt: new Date(0) },
  organization: null,
  roles: [],
  permissions: [],
};

@Controller('signatures')
export class SignaturesController {
  constructor(
    private readonly ledger: Ledger,
    private readonly context: PrincipalContext,
  ) {}

  @Get()
  async sign() {
    const job = this.context.run(MACHINE, () => this.ledger.sign());
    return { job: await job, own: await this.ledger.sign() };
  }

  @Public()
  @Get('of-nobody')
  nobody() {
    return { name: nameOf(this.context.current()) };
  }
}

@Resolver()
export class InvoicesResolver {
  constructor(private readonly ledger: Ledger) {}

  @Public()
  @Query(() => String)
  greeting() {
    return 'hello';
  }

  @OptionalAuth()
  @Query(() => String, { nullable: true })
  visitor(@CurrentUser() user: User | null) {
    return user?.email;
  }

  @RequirePermissions('invoices:read')
  @Query(() => String)
  async signature(@CurrentOrganization() organization: Organization) {
    return `${organization.name}: ${await this.ledger.sign()}`;
  }

  @RequirePermissions('invoices:write')
  @Mutation(() => String)
  create(@CurrentPrincipal() principal: Principal, @Args('number') number: string) {
    return `${nameOf(principal)} ${number}`;
  }

  @Query(() => String)
  tenant(@OrganizationParam() organization: Organization, @Args('organizationId') id: string) {
    return id === organization.id ? organization.name : '';
  }

  @RequireAccess('invoices:write', { resource: 'project', param: 'project' })
  @Query(() => String)
  project(@Args('project') project: string) {
    return project;
  }

  @Query(() => String)
  fault(): string {
    throw new Error('secret internals');
  }

  @Subscription(() => String)
  async *ticks(@CurrentUser() user: User) {
    for (let tick = 0; ; tick++) {
      yield { ticks: `${user.email} ${tick}` };
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
