/** Those that nothing stands on. `npm run new` adds a name here. */
const FEATURES = [
  'health',
  'pages',
  'webhooks',
  'administration',
  'operations',
  'openapi',
  'prometheus',
  'invoices',
];

/** Import ranks of the folders in src/: each imports only from lower ones. docs/architecture.md explains them. */
const RANKS = [
  ['common', 'config'],
  ['identity', 'database', 'crypto', 'redis', 'metrics'],
  ['workos', 'audit', 'bus', 'mirror'],
  ['users', 'organizations', 'directories', 'sessions'],
  ['sync'],
  ['auth', 'events'],
  FEATURES,
  // Above everything: only specs import it.
  ['testing'],
];

const OPTIONAL_PEERS =
  'node_modules/(?:@nestjs/(?:websockets|platform-ws|platform-socket\\.io|graphql|apollo)|@apollo|graphql|graphql-ws|ws|socket\\.io)/';

/** What may be asked for anywhere, and imports nothing. */
const CATALOGUE = String.raw`^src/permissions\.ts$`;

/** An application for tests is set up as one that runs. */
const SERVER = String.raw`^src/use-gatehouse\.ts$`;

const folder = (names) => `^src/(?:${names.join('|')})/`;
const upwards = RANKS.flatMap((names, rank) =>
  names.map((name) => ({
    name: `rank-${rank}-${name}`,
    comment: `src/${name} may import only from lower ranks.`,
    severity: 'error',
    from: { path: folder([name]), pathNot: String.raw`\.spec\.ts$` },
    to: {
      path: '^src/',
      pathNot: [
        folder([name, ...RANKS.slice(0, rank).flat()]),
        CATALOGUE,
        ...(name === 'testing' ? [SERVER] : []),
      ],
    },
  })),
);

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...upwards,
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'unranked',
      comment: 'A new folder gets a rank here.',
      severity: 'error',
      from: { path: '^src/', pathNot: [folder(RANKS.flat()), String.raw`^src/[^/]+\.ts$`] },
      to: {},
    },
    {
      name: 'sdk-only-in-workos',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/workos/' },
      to: { path: 'node_modules/@workos' },
    },
    {
      name: 'optional-peers',
      comment: 'The service and the library start without them: src/auth/websocket/ is an entry of its own.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/auth/websocket/' },
      to: { path: OPTIONAL_PEERS },
    },
    {
      name: 'websocket-by-its-entry',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/auth/websocket/' },
      to: { path: '^src/auth/websocket/' },
    },
    {
      name: 'one-socket-library',
      comment: 'Whoever has one of the two has not the other.',
      severity: 'error',
      from: { path: '^src/auth/websocket/', pathNot: String.raw`(?:ws|socket-io)\.adapter\.ts$` },
      to: { path: String.raw`node_modules/(?:@nestjs/platform-|ws/|socket\.io/)` },
    },
    {
      name: 'adapters-when-asked-for',
      severity: 'error',
      from: { path: '^src/auth/websocket/', pathNot: String.raw`\.spec\.ts$` },
      to: { path: String.raw`\.adapter\.ts$`, dependencyTypesNot: ['dynamic-import'] },
    },
    {
      name: 'no-sandbox-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(?:sandbox|test|bench|scripts)/' },
    },
    { name: 'no-src-in-sandbox', severity: 'error', from: { path: '^sandbox/' }, to: { path: '^src/' } },
    {
      name: 'auth-by-its-face',
      comment: 'Feature modules import src/auth/index.ts and nothing behind it.',
      severity: 'error',
      from: { path: folder(FEATURES) },
      to: { path: '^src/auth/', pathNot: String.raw`^src/auth/index\.ts$` },
    },
    {
      name: 'identity-without-nest',
      severity: 'error',
      from: { path: '^src/identity/', pathNot: String.raw`\.spec\.ts$` },
      to: { path: 'node_modules/@nestjs' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
