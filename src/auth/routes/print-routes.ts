import { EVERY_KIND, type AccessRequirements } from '../access/decide-access.js';
import type { Route, RouteAccess } from './route-table.js';

type PrintedRoute = RouteAccess & Pick<Route, 'guards' | 'isWebhook'>;

const HEAD = ['METHOD', 'PATH', 'WHO', 'WHAT THEY NEED'];
const KINDS = { user: 'people', machine: 'machines', apiKey: 'API keys' } as const;

/** One line for each route: method, path, who may call, what they need. */
export function printRoutes(routes: readonly PrintedRoute[]): string {
  const rows = [HEAD, ...routes.map((route) => [route.method, route.path, whoMay(route), needsOf(route)])];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

function whoMay({ access, principals }: AccessRequirements): string {
  if (access === 'public') return 'anybody';
  const isAnyKind = principals.length === EVERY_KIND.length;
  const kinds = principals.map((kind) => KINDS[kind]).join(', ');
  if (access === 'optional') return `${isAnyKind ? 'anybody' : kinds}, known or not`;
  return isAnyKind ? 'any caller that is known' : kinds;
}

function needsOf(route: PrintedRoute): string {
  return [
    // An open route lets everybody in: what its class asks for is for the other routes.
    ...(route.access === 'signed-in' ? asked(route) : []),
    ...(route.access !== 'public' && route.allowsImpersonation ? ['impersonators may write'] : []),
    ...(route.isWebhook ? ['signature over the raw body'] : []),
    ...route.guards,
  ].join(', ');
}

function asked(requirements: AccessRequirements): string[] {
  const { permissions, roles, resources, recentAuth, organizationParam, needsOrganization } = requirements;
  return [
    ...(organizationParam === null ? [] : [`own :${organizationParam}`]),
    ...(needsOrganization ? ['an organization'] : []),
    ...roles.map((group) => `role ${group.join(' or ')}`),
    ...permissions.map((group) => group.join(' or ')),
    ...resources.map(({ permission, resource, param }) => `${permission} on ${resource} :${param}`),
    ...(recentAuth === null ? [] : [`proof within ${recentAuth} s`]),
  ];
}
