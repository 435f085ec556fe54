import type { ICruiseOptions, IFlattenedRuleSet } from 'dependency-cruiser';

/** Dependencies point one way: apps to packages, routes to service to repository. `npm run boundaries` checks it. */
const packageMayUse: Record<string, string[]> = {
  'command-line': [],
  schema: [],
  contracts: ['schema'],
  errors: ['contracts'],
  config: ['schema'],
  deadline: ['errors'],
  'service-kit': ['contracts', 'deadline', 'errors', 'schema'],
  'service-client': ['deadline', 'errors', 'schema', 'service-kit'],
  auth: ['contracts', 'errors', 'schema', 'service-kit', 'service-client'],
  postgres: ['deadline', 'errors'],
  'embedded-postgres': ['postgres'],
  idempotency: ['errors', 'postgres', 'service-kit'],
  events: ['errors', 'postgres', 'schema', 'service-client', 'service-kit'],
  'api-client': [],
  'seeded-random': [],
};

const packageRules: NonNullable<IFlattenedRuleSet['forbidden']> = Object.entries(packageMayUse).map(
  ([name, allowed]) => ({
    name: `package-${name}`,
    comment: `packages/${name} depends only on: ${allowed.join(', ') || 'no other package'}`,
    severity: 'error',
    from: { path: `^packages/${name}/src/` },
    to: { path: '^packages/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` },
  }),
);

/** The folders of the user service, none of which needs itself by way of another. */
const userFolderMayUse: Record<string, string[]> = {
  passwords: [],
  attempts: [],
  keys: [],
  accounts: [],
  tokens: ['keys'],
  sessions: ['accounts', 'attempts', 'passwords', 'tokens'],
  profile: ['accounts', 'attempts', 'passwords', 'sessions'],
  inspection: ['accounts', 'sessions', 'tokens'],
  'service-clients': ['attempts', 'tokens'],
};

const userRules: NonNullable<IFlattenedRuleSet['forbidden']> = Object.entries(userFolderMayUse).map(
  ([name, allowed]) => ({
    name: `user-${name}`,
    comment: `apps/user/src/${name} uses only: ${allowed.join(', ') || 'no other folder'}, and what all share`,
    severity: 'error',
    from: { path: `^apps/user/src/${name}/` },
    to: {
      path: ['^apps/user/src/[^/]+/', '^apps/user/src/(app|deps|server|user-store|background|secret-files)\\.ts$'],
      pathNot: `^apps/user/src/(${['generated', name, ...allowed].join('|')})/`,
    },
  }),
);

export const boundaryRules: IFlattenedRuleSet = {
  forbidden: [
    ...packageRules,
    ...userRules,
    {
      name: 'package-not-to-app',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(apps|local|e2e|cluster-tests|faults|helm|bench|tools)/' },
    },
    {
      name: 'app-not-to-app',
      comment: 'An app never imports an app; what two need is a package.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'app-not-to-tooling',
      severity: 'error',
      from: { path: '^apps/' },
      to: { path: '^(local|e2e|cluster-tests|faults|helm|bench|tools)/' },
    },
    {
      name: 'black-box',
      comment: 'The journeys know the API, not the code behind it.',
      severity: 'error',
      from: { path: '^e2e/' },
      to: {
        path: '^(apps|packages|local)/',
        pathNot: '^(packages/(api-client|command-line|seeded-random)/|local/src/local\\.ts$)',
      },
    },
    {
      name: 'chart-knows-the-list-alone',
      comment: 'The chart and its suites know the list of services and the API, not the code behind them.',
      severity: 'error',
      from: { path: '^(helm|cluster-tests)/' },
      to: {
        path: '^(apps|packages|local|faults|bench|tools)/',
        pathNot:
          '^(packages/((contracts|api-client|command-line)/|embedded-postgres/src/testing\\.ts$)|faults/src/checkers/checkers\\.ts$)',
      },
    },
    {
      name: 'faults-from-outside',
      comment: 'The fault suite starts processes and databases, and otherwise knows the API alone.',
      severity: 'error',
      from: { path: '^faults/' },
      to: {
        path: '^(apps|packages|local|e2e|bench|tools)/',
        pathNot: '^packages/(command-line|contracts|embedded-postgres|postgres|seeded-random)/',
      },
    },
    {
      name: 'repository-not-upwards',
      comment: 'A repository knows rows and the domain, not who asks for them.',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/.*-(repository|sql)\\.ts$' },
      to: { path: '-(service|routes|operations)\\.ts$|^apps/[^/]+/src/(app|deps|server)\\.ts$' },
    },
    {
      name: 'service-not-to-routes',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/.*-service\\.ts$' },
      to: { path: '-(routes|operations)\\.ts$|^apps/[^/]+/src/(app|deps|server)\\.ts$' },
    },
    {
      name: 'domain-to-nothing',
      comment: 'The domain (task.ts, account.ts) depends on no framework, no database and no layer above it.',
      severity: 'error',
      from: { path: '^apps/(?!gateway/)([^/]+)/src/[^/]+/[a-z]+\\.ts$' },
      to: { pathNot: '^apps/$1/src/[^/]+/[a-z]+\\.ts$|^packages/(contracts|errors)/' },
    },
    {
      name: 'routes-not-to-repository',
      severity: 'error',
      from: { path: '-routes\\.ts$' },
      to: { path: '-repository\\.ts$' },
    },
    {
      name: 'only-repositories-speak-to-postgres',
      severity: 'error',
      from: {
        path: '^apps/[^/]+/src/',
        pathNot: '(-repository|-store|/deps|-sql)\\.ts$|\\.test\\.ts$|/generated/',
      },
      to: { path: '(node_modules/pg/|node_modules/@prisma/|/src/generated/)' },
    },
    {
      name: 'typebox-by-schema-alone',
      comment: 'packages/schema loads TypeBox from one file: 683 modules are a third of a start (ADR 0039).',
      severity: 'error',
      from: { pathNot: '^packages/schema/' },
      to: { path: 'node_modules/typebox/' },
    },
    {
      name: 'no-cycle',
      severity: 'error',
      from: { pathNot: '/generated/' },
      to: { circular: true },
    },
    {
      name: 'no-test-code-in-product',
      severity: 'error',
      from: {
        path: '^(apps|packages)/[^/]+/src/',
        pathNot: '\\.test\\.ts$|^packages/(embedded-postgres|seeded-random)/',
      },
      to: { path: '(\\.test\\.ts$|/test/|embedded-postgres/src/testing|^packages/seeded-random/)' },
    },
    {
      name: 'no-dev-dependency-in-product',
      severity: 'error',
      from: { path: ['^apps/[^/]+/src/', '^packages/[^/]+/src/', '^local/src/'], pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'not-resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '/generated/' },
    },
  ],
};

export const cruiseOptions: ICruiseOptions = {
  parser: 'swc',
  tsPreCompilationDeps: true,
  doNotFollow: { path: 'node_modules' },
  exclude: { path: '(\\.nx|\\.test-results|/dist|^tools/template)/' },
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
};

/** Every folder with our code. */
export const cruisedFolders = [
  'apps',
  'packages',
  'local',
  'e2e',
  'cluster-tests',
  'faults',
  'helm',
  'bench',
  'tools',
  'release-before',
];
