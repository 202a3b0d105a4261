import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  InvalidationBus,
  type Invalidation,
  type InvalidationListener,
} from '../../bus/invalidation-bus.port.js';
import { Clock } from '../../common/clock.js';
import type { Principal, UserPrincipal } from '../../identity/principal.js';
import { PeopleSource } from '../../identity/people-source.port.js';
import { ResourceAccess } from '../../identity/resource-access.port.js';
import { memberOf, type Subject } from '../../sessions/session-record.js';
import { SubjectIndex } from '../../sessions/subject-index.js';
import { UsersService } from '../../users/users.service.js';
import type { ResourceRequirement } from './decide-access.js';

/** Milliseconds for which WorkOS's answer is used: how long a grant that was taken away may still count. */
export const RESOURCE_WINDOW = 10_000;
/** Answers that a node keeps. */
const MAX_ANSWERS = 20_000;

interface Answer {
  readonly authorized: Promise<boolean>;
  readonly subjects: readonly Subject[];
  /** Milliseconds. */
  readonly until: number;
}

/**
 * Whether a person may do something to a single resource, as WorkOS says. Each question is asked once for all who wait for
 * it; an answer is dropped when anything is revoked that has to do with the person in their organization.
 */
@Injectable()
export class ResourceGuard implements InvalidationListener {
  private readonly subjects = new SubjectIndex();
  private readonly answers = new LRUCache<string, Answer>({
    max: MAX_ANSWERS,
    onInsert: ({ subjects }, key) => this.subjects.add(key, subjects),
    dispose: ({ subjects }, key) => this.subjects.remove(key, subjects),
  });

  constructor(
    private readonly access: ResourceAccess,
    private readonly users: UsersService,
    private readonly people: PeopleSource,
    private readonly clock: Clock,
    bus: InvalidationBus,
  ) {
    bus.subscribe(this);
  }

  /**
   * A caller without a membership at WorkOS may do nothing: a machine, an API key, somebody without an organization.
   * @throws `upstream_unavailable` or `store_unavailable` where it cannot be said
   */
  async admits(
    requirements: readonly ResourceRequirement[],
    principal: Principal | null,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<boolean> {
    if (principal?.kind !== 'user' || !principal.organization) return false;
    for (const requirement of requirements) {
      const resourceId = parameters[requirement.param];
      if (typeof resourceId !== 'string' || resourceId === '') return false;
      if (!(await this.recall(principal, principal.organization.id, requirement, resourceId))) return false;
    }
    return true;
  }

  onInvalidation(message: Invalidation): void {
    if (message.kind === 'session') return;
    for (const key of this.subjects.keysOf(message)) this.answers.delete(key);
  }

  onGap(): void {
    this.subjects.clear();
    this.answers.clear();
  }

  private recall(
    { user }: UserPrincipal,
    organizationId: string,
    { permission, resource }: ResourceRequirement,
    resourceId: string,
  ): Promise<boolean> {
    const key = JSON.stringify([organizationId, user.id, permission, resource, resourceId]);
    const now = this.clock.milliseconds();
    const known = this.answers.get(key);
    if (known && now < known.until) return known.authorized;
    const authorized = this.ask(organizationId, user.id, permission, resource, resourceId);
    const subjects: Subject[] = [
      { kind: 'user', id: user.id },
      { kind: 'organization', id: organizationId },
      memberOf(organizationId, user.id),
    ];
    const answer = { authorized, subjects, until: now + RESOURCE_WINDOW };
    this.answers.set(key, answer);
    // What could not be said is asked again by whoever comes next.
    authorized.catch(() => {
      if (this.answers.peek(key) === answer) this.answers.delete(key);
    });
    return authorized;
  }

  private async ask(
    organizationId: string,
    userId: string,
    permission: string,
    resourceType: string,
    resourceId: string,
  ): Promise<boolean> {
    const membershipId =
      (await this.users.membershipId(organizationId, userId)) ??
      (await this.people.membershipId(organizationId, userId));
    if (membershipId === null) return false;
    return this.access.isAuthorized({ membershipId, permission, resourceType, resourceId });
  }
}
