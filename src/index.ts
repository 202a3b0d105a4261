/** What an application imports that uses Gatehouse as a library. Everything else in this package is ours to change. */
export * from './auth/index.js';
export { AdministrationModule } from './administration/administration.module.js';
export { ConfigError, readConfig } from './config/config.js';
export type { Settings } from './config/settings.js';
export { HealthModule } from './health/health.module.js';
export { OperationsModule } from './operations/operations.module.js';
export { PagesModule } from './pages/pages.module.js';
export { usePages } from './pages/use-pages.js';
export { ProblemError } from './common/problem-error.js';
export { ProblemFilter } from './common/problem.filter.js';
export { useGatehouse } from './use-gatehouse.js';
export { WebhooksModule } from './webhooks/webhooks.module.js';
