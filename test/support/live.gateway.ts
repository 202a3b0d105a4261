import { Injectable } from '@nestjs/common';
import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
} from '@nestjs/websockets';
import {
  AllowImpersonation,
  CurrentOrganization,
  CurrentPrincipal,
  CurrentUser,
  PrincipalContext,
  RequirePermissions,
  type Organization,
  type Principal,
  type User,
} from '../../src/auth/index.js';

/** A service far from any decorator. */
@Injectable()
export class Desk {
  constructor(private readonly context: PrincipalContext) {}

  /** Who it works for, after a while. */
  async name(): Promise<string | null> {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
    return nameOf(this.context.current());
  }
}

@WebSocketGateway({ path: '/live' })
export class LiveGateway implements OnGatewayConnection {
  readonly arrived: (string | null)[] = [];

  constructor(
    private readonly context: PrincipalContext,
    private readonly desk: Desk,
  ) {}

  handleConnection(): void {
    this.arrived.push(nameOf(this.context.current()));
  }

  @AllowImpersonation()
  @SubscribeMessage('whoami')
  async whoami(@CurrentPrincipal() principal: Principal) {
    return { event: 'whoami', data: { name: nameOf(principal), desk: await this.desk.name() } };
  }

  @RequirePermissions('invoices:write')
  @SubscribeMessage('create')
  create(@CurrentOrganization() organization: Organization, @MessageBody() body: { number: string }) {
    return { event: 'created', data: `${organization.name} ${body.number}` };
  }

  @SubscribeMessage('people')
  people(@CurrentUser() user: User) {
    return { event: 'people', data: user.email };
  }

  @SubscribeMessage('fault')
  fault() {
    throw new Error('secret internals');
  }
}

/** A second gateway on the same sockets. */
@WebSocketGateway({ path: '/live' })
export class EchoGateway {
  @SubscribeMessage('echo')
  echo(@MessageBody() data: unknown) {
    return { event: 'echo', data };
  }
}

export function nameOf(principal: Principal | null): string | null {
  switch (principal?.kind) {
    case 'user':
      return principal.user.email;
    case 'machine':
      return principal.machine.clientId;
    case 'apiKey':
      return principal.apiKey.name;
    default:
      return null;
  }
}
