import { auditAccess, auditTaken, namesOf, type AuditedHandler, type Finding } from './audit-access.js';
import { movedAddresses, type AddressedRoute } from './moved-addresses.js';
import { shadowedRoutes, type PlacedRoute } from './shadowed-routes.js';

interface Named {
  readonly controller: { readonly name: string };
  readonly handlerName: string;
}

interface Guarded {
  /** The guard stands before it. */
  readonly isGuarded: boolean;
}

export interface AuditedRoute extends AuditedHandler, PlacedRoute, AddressedRoute, Named, Guarded {
  readonly isFirstPath: boolean;
  readonly isWebhook: boolean;
}

/** A method that answers messages, GraphQL operations or fields of what they answer. */
export interface AuditedMethod extends AuditedHandler, Named, Guarded {
  readonly isField: boolean;
}

export interface Audited {
  readonly routes: readonly AuditedRoute[];
  readonly handlers: readonly AuditedMethod[];
  /** The guard is one of the whole application, though it may leave modules alone that did not ask for it. */
  readonly hasGuard: boolean;
  /** The server keeps the bytes of webhooks; `null` where there is no server. */
  readonly keepsRawBodies: boolean | null;
}

export interface RouteProblem extends Finding {
  readonly where: string;
}

/** All that is wrong with how an application is opened to callers. */
export function auditRoutes({ routes, handlers, hasGuard, keepsRawBodies }: Audited): RouteProblem[] {
  return [
    // A worker that only imports services has no route that could be open.
    ...(hasGuard || routes.length === 0 ? [] : [unguarded(routes.length)]),
    ...routes.flatMap((route) =>
      findingsAt(route, hasGuard, keepsRawBodies).map((finding) => ({ where: nameOf(route), ...finding })),
    ),
    ...handlers.flatMap((handler) =>
      // A field is handed whoever was let in where its operation began.
      [
        ...auditAccess(handler),
        ...(handler.isField ? [] : auditTaken(handler)),
        ...(hasGuard ? auditGuard(handler) : []),
      ].map((finding) => ({
        where: methodOf(handler),
        ...finding,
      })),
    ),
    ...moved(movedAddresses(routes)),
    ...shadowedRoutes(routes).map(({ hidden, by }) => ({
      where: nameOf(hidden),
      what: `No request reaches it: ${nameOf(by)} stands earlier and matches the same.`,
      mend: 'Write it before the other one, in the class or in the list of controllers, or change one of the paths.',
    })),
  ];
}

function findingsAt(route: AuditedRoute, hasGuard: boolean, keepsRawBodies: boolean | null): Finding[] {
  return [
    ...(route.isFirstPath ? [...auditAccess(route), ...auditTaken(route)] : []),
    ...(hasGuard && route.isFirstPath ? auditGuard({ ...route, isField: false }) : []),
    ...auditFence(route),
    ...auditResources(route),
    ...auditWebhook(route, keepsRawBodies),
  ];
}

/** Where the guard leaves modules alone, it is by their choice; who asks for something has not made it. */
function auditGuard({
  isGuarded,
  isField,
  onHandler,
  onController,
}: Omit<AuditedMethod, 'controller'>): Finding[] {
  const asked = [...new Set([onHandler, onController].flatMap(namesOf))].join(' and ');
  if (isGuarded || asked === '') return [];
  const what = `It has ${asked}, and no guard stands before it to read that.`;
  const mend = isField
    ? "Give GraphQLModule fieldResolverEnhancers: ['guards'], or ask for it where the operation begins."
    : 'Import AuthModule in its module, or remove disableGlobalGuard.';
  return [{ what, mend }];
}

/** A word in the name of a parameter that says whose tenant something is, by whatever of it: an id, a slug, a name. */
const ORGANIZATION = /^(?:orgs?(?:id|uuid|slug|key|code|name)?|(?:organi[sz]ation|tenant).*)$/i;
const WORDS = /_|(?<=[a-z\d])(?=[A-Z])/;
const PARAMETER = /[:*](\w+)/g;

function parametersOf(path: string): string[] {
  return [...path.matchAll(PARAMETER)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

function namesOrganization(parameter: string): boolean {
  return parameter.split(WORDS).some((word) => ORGANIZATION.test(word));
}

function auditFence({ path, organizationParam }: AuditedRoute): Finding[] {
  const names = parametersOf(path);
  const unfenced = names.filter((name) => namesOrganization(name) && name !== organizationParam);
  const missing = organizationParam !== null && !names.includes(organizationParam);
  return [
    ...unfenced.map((name) => ({
      what: `:${name} names an organization, and nobody compares it with the caller's own.`,
      mend: `Take its id with @OrganizationParam('${name}'), or give it another name where it is nobody's tenant.`,
    })),
    ...(missing
      ? [
          {
            what: `@OrganizationParam('${organizationParam}') names a parameter that the path does not have: everybody gets 404.`,
            mend: `Write :${organizationParam} into the path, or name one of its parameters.`,
          },
        ]
      : []),
  ];
}

function auditResources({ path, resources }: AuditedRoute): Finding[] {
  const names = parametersOf(path);
  return resources
    .filter(({ param }) => !names.includes(param))
    .map(({ param }) => ({
      what: `@RequireAccess() asks about :${param}, a parameter that the path does not have: everybody gets 403.`,
      mend: `Write :${param} into the path, or name one of its parameters.`,
    }));
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A webhook is known by its mark, and, where that was forgotten, by its address: nobody signs in to call it. */
function auditWebhook(route: AuditedRoute, keepsRawBodies: boolean | null): Finding[] {
  if (route.isWebhook) {
    if (keepsRawBodies !== false) return [];
    const what = 'It needs the raw body, to check a signature, and the server only hands on what was parsed.';
    return [
      { what, mend: 'Before body parsers, right after the application is made, call useGatehouse(app).' },
    ];
  }
  if (route.access === 'signed-in' || SAFE.has(route.method) || !/\/webhooks?(?:\/|$)/i.test(route.path))
    return [];
  const what = 'Anybody may post to this webhook, and it cannot check a signature: its body is parsed.';
  return [{ what, mend: 'Add @Webhook() and check the signature over the bytes, or ask for a sign-in.' }];
}

function unguarded(count: number): RouteProblem {
  return {
    where: `All ${count} routes`,
    what: 'SessionGuard is not a guard of the whole application: every route would be open.',
    mend: 'Import AuthModule.forRoot() in the root module, and do not override its APP_GUARD.',
  };
}

/** One problem: they moved together. */
function moved(routes: readonly AuditedRoute[]): RouteProblem[] {
  const [first] = routes;
  if (!first) return [];
  const others = routes.length === 1 ? '' : ` and ${routes.length - 1} more`;
  const excluded = [...new Set(routes.map(({ ownPath }) => `'${ownPath.slice(1) || '/'}'`))].join(', ');
  return [
    {
      where: `${nameOf(first)}${others}`,
      what: `Browsers and pages go to ${first.ownPath}${others}, as it is written: there is nothing.`,
      mend: `Give setGlobalPrefix() the option exclude: [${excluded}], and no path or version to their modules.`,
    },
  ];
}

function nameOf(route: AuditedRoute): string {
  return `${route.method} ${route.path} (${methodOf(route)})`;
}

function methodOf({ controller, handlerName }: Named): string {
  return `${controller.name}.${handlerName}`;
}

/** One message for all of them. */
export function describeProblems(problems: readonly RouteProblem[]): string {
  const parts = problems.map(({ where, what, mend }) => `  ${where}\n    ${what}\n    Mend: ${mend}\n`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return `Gatehouse does not start: ${count} with the access to routes.\n\n${parts.join('\n')}`;
}
