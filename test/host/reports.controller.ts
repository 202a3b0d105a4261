import { Controller, Get } from '@nestjs/common';
import { CurrentUser, Public, RequirePermissions, type User } from 'gatehouse';

declare module 'gatehouse' {
  interface HostPermissions {
    'reports:delete': string;
  }
}

@Controller('reports')
export class ReportsController {
  @Public()
  @Get('formats')
  formats() {
    return ['pdf', 'csv'];
  }

  @Get()
  list(@CurrentUser() user: User) {
    return { reader: user.email };
  }

  @RequirePermissions('reports:delete')
  @Get('old')
  old() {
    return [];
  }
}
