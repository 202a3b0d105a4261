/** What docs/extending.md and the README show. */
import { Controller, Delete, Get, HttpCode, Injectable, Module, Post } from '@nestjs/common';
import {
  AllowImpersonation,
  CurrentOrganization,
  CurrentPrincipal,
  CurrentUser,
  OptionalAuth,
  OrganizationParam,
  Public,
  RequirePermissions,
  RequirePrincipal,
  RequireRecentAuth,
  type Organization,
  type Principal,
  type User,
} from '../../src/auth/index.js';
import { OnWorkosEvent, type WorkosEventOf } from '../../src/events/index.js';

@Controller('v1/statements')
export class StatementsController {
  @Public()
  @Get('formats')
  formats() {
    return ['pdf', 'csv'];
  }

  @RequirePermissions('invoices:read')
  @Get()
  list(@CurrentOrganization() organization: Organization, @CurrentUser() user: User) {
    return { of: organization.name, for: user.email };
  }

  @OptionalAuth()
  @Get('sample')
  sample(@CurrentUser() user: User | null) {
    return { for: user?.email ?? 'anybody' };
  }

  @RequirePermissions('invoices:read')
  @Get('requested-by')
  requestedBy(@CurrentPrincipal() caller: Principal) {
    switch (caller.kind) {
      case 'user':
        return { person: caller.user.email };
      case 'machine':
        return { machine: caller.machine.clientId };
      case 'apiKey':
        return { apiKey: caller.apiKey.name };
    }
  }

  @RequirePermissions('invoices:write')
  @RequireRecentAuth(300)
  @Delete()
  @HttpCode(204)
  shred(): void {}

  @RequirePrincipal('user')
  @AllowImpersonation()
  @Post('preview')
  preview() {
    return { pages: 1 };
  }
}

@Controller('v1/organizations/:organizationId/statements')
export class OrganizationStatementsController {
  @RequirePermissions('invoices:read')
  @Get()
  list(@OrganizationParam() organization: Organization) {
    return { of: organization.name };
  }
}

@Injectable()
export class StatementReaders {
  readonly gone = new Set<string>();

  @OnWorkosEvent('user.deleted')
  async forget({ data }: WorkosEventOf<'user.deleted'>): Promise<void> {
    this.gone.add(data.id);
  }
}

@Module({
  controllers: [StatementsController, OrganizationStatementsController],
  providers: [StatementReaders],
})
export class StatementsModule {}
