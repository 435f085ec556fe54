import {
  annotations,
  closed,
  closedObject,
  dataKey,
  egressRule,
  flag,
  hostName,
  integer,
  labelKey,
  labels,
  listOf,
  maybeName,
  network,
  objectName,
  peer,
  port,
  probe,
  resources,
  scalingBehavior,
  shortName,
  someText,
  text,
  type Properties,
  type Schema,
} from './kubernetes-schema.ts';
import {
  affinity,
  containerSecurity,
  environmentVariable,
  podSecurity,
  toleration,
  volume,
  volumeMount,
} from './pod-schema.ts';
import { anyEnvironment, environmentSchema, variableName, type Variable } from './service-environments.ts';

const reservedOnPods = String.raw`^app\.kubernetes\.io/(name|instance|component)$`;
const reserved = String.raw`^(app\.kubernetes\.io/(name|instance|component|part-of|version|managed-by)|helm\.sh/.*|checksum/config)$`;

const digest: Schema = { type: 'string', pattern: '^(sha256:[0-9a-f]{64})?$' };
const pullPolicy: Schema = { enum: ['Always', 'IfNotPresent', 'Never'] };
const programArguments = listOf(someText);
const serviceName: Schema = { type: 'string', pattern: '^[a-z][a-z0-9]{0,14}$' };
const maybeId: Schema = { type: ['integer', 'null'], minimum: 1, maximum: 2_147_483_647 };

/** What older values files have: the templates refuse it and say what took its place. */
const moved: Schema = true;

const scheduling: Properties = {
  priorityClassName: maybeName,
  nodeSelector: labels(),
  affinity: { $ref: '#/$defs/affinity' },
  tolerations: listOf({ $ref: '#/$defs/toleration' }),
};

/** What `defaults` sets for every service, and each service's entry for itself. */
const serviceSettings: Properties = {
  replicas: integer(0),
  logLevel: { enum: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] },
  image: closed({ repository: text, tag: text, digest }),
  extraEnv: listOf({ $ref: '#/$defs/environmentVariable' }),
  args: closed({ serve: programArguments, migrate: programArguments, provision: programArguments }),
  drain: closed({ delayMs: integer(0, 60_000), idleMs: integer(0, 600_000), closeSeconds: integer(10) }),
  probes: closed({ startup: probe, liveness: probe, readiness: probe }),
  resources: { $ref: '#/$defs/resources' },
  autoscaling: closed({
    enabled: flag,
    minReplicas: integer(1),
    maxReplicas: integer(1),
    targetCpuPercent: integer(1),
    behavior: { $ref: '#/$defs/scalingBehavior' },
  }),
  podDisruptionBudget: closed({ enabled: flag }),
  serviceAnnotations: moved,
  spreadOver: listOf(labelKey, { uniqueItems: true }),
  annotations: annotations(),
  podAnnotations: annotations(reserved),
  podLabels: labels(reservedOnPods),
  service: closed({
    type: { enum: ['ClusterIP', 'NodePort', 'LoadBalancer'] },
    nodePort: { type: ['integer', 'null'], minimum: 1, maximum: 65_535 },
    annotations: annotations(),
  }),
  serviceAccount: closed({ annotations: annotations() }),
  ...scheduling,
  extraVolumes: listOf({ $ref: '#/$defs/volume' }),
  extraVolumeMounts: listOf({ $ref: '#/$defs/volumeMount' }),
  securityContext: closed({
    runAsUser: maybeId,
    readOnlyRootFilesystem: flag,
    pod: podSecurity,
    container: containerSecurity,
  }),
  networkPolicy: closed({ from: listOf({ $ref: '#/$defs/peer' }), egress: listOf({ $ref: '#/$defs/egressRule' }) }),
};

/** Where the schema of each setting is. */
const settingReferences: Properties = Object.fromEntries(
  Object.entries(serviceSettings).map(([name, schema]) => [
    name,
    schema === moved ? moved : { $ref: `#/$defs/settings/$defs/${name}` },
  ]),
);

const databaseRole = closed({ existingSecret: maybeName, urlKey: dataKey });

const database = closed({
  poolSize: integer(1, 500),
  external: flag,
  port,
  peers: listOf({ $ref: '#/$defs/peer' }),
  tls: closed({
    mode: { enum: ['verify-full', 'verify-ca', 'disable'] },
    caSecret: maybeName,
    caConfigMap: maybeName,
    caKey: dataKey,
  }),
  app: databaseRole,
  migration: databaseRole,
});

const identity = closed({ existingSecret: maybeName, key: dataKey });

const service = closed(
  {
    ...settingReferences,
    env: anyEnvironment,
    port,
    public: flag,
    calls: { oneOf: [{ const: 'all' }, listOf(serviceName, { uniqueItems: true })] },
    database: { $ref: '#/$defs/database' },
    identity: { $ref: '#/$defs/identity' },
    secretFiles: {
      type: 'object',
      description: "A Secret is named after each; three names belong to the database's Secrets and the identity's",
      propertyNames: { pattern: '^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$' },
      properties: { 'database-app': false, 'database-migration': false, identity: false },
      additionalProperties: closed(
        { env: variableName, generate: flag, existingSecret: maybeName, key: dataKey },
        { required: ['env', 'key'] },
      ),
    },
  },
  { required: ['port', 'calls'] },
);

const postgres = closed({
  enabled: flag,
  image: closed({ repository: someText, tag: someText, digest, pullPolicy }),
  existingSecret: maybeName,
  passwordKey: dataKey,
  storage: closed({ size: { type: ['string', 'number'] }, className: maybeName }),
  settings: {
    type: 'object',
    propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_.]*$' },
    additionalProperties: { type: ['string', 'integer', 'boolean'] },
  },
  resources: { $ref: '#/$defs/resources' },
  securityContext: closed({ runAsUser: maybeId, pod: podSecurity, container: containerSecurity }),
  podAnnotations: annotations(reserved),
  ...scheduling,
});

const httpRoute = closed({
  enabled: flag,
  annotations: annotations(),
  parentRefs: listOf(
    closed(
      { name: objectName, namespace: shortName, sectionName: objectName, port, kind: someText, group: maybeName },
      { required: ['name'] },
    ),
    { maxItems: 32 },
  ),
  hostnames: listOf(hostName, { maxItems: 16, uniqueItems: true }),
});

const image = closed({
  registry: text,
  repositoryPrefix: someText,
  tag: text,
  pullPolicy,
  pullSecrets: listOf(closed({ name: objectName }, { required: ['name'] })),
});

const migration = closed({
  backoffLimit: integer(0),
  activeDeadlineSeconds: integer(1),
  ttlSecondsAfterFinished: integer(0),
  resources: { $ref: '#/$defs/resources' },
});

const networkPolicy = closed(
  {
    enabled: flag,
    podNetworks: listOf(network),
    dnsPorts: listOf(port, { minItems: 1, uniqueItems: true }),
    dns: listOf({ $ref: '#/$defs/peer' }, { minItems: 1 }),
  },
  { required: ['dns'] },
);

const ingress = closed({
  enabled: flag,
  className: maybeName,
  annotations: annotations(),
  hosts: listOf(hostName, { uniqueItems: true }),
  tls: listOf(closed({ secretName: maybeName, hosts: listOf(hostName) })),
});

const definitions: Properties = {
  affinity,
  database,
  egressRule,
  environmentVariable,
  identity,
  peer,
  resources,
  scalingBehavior,
  service,
  settings: { $defs: serviceSettings },
  toleration,
  volume,
  volumeMount,
};

/** The schema of the chart's values; `env` of a service whose configuration is known accepts only what it reads. */
export function valuesSchema(environments: ReadonlyMap<string, readonly Variable[]>): Schema {
  const known = Object.fromEntries(
    [...environments].map(([name, variables]) => [
      name,
      { allOf: [{ $ref: '#/$defs/service' }, { properties: { env: environmentSchema(variables) } }] },
    ]),
  );
  const properties: Properties = {
    enabled: {
      type: 'boolean',
      description: 'By which a parent chart switches this one on or off (`condition`); not used',
    },
    global: { type: 'object', description: 'What a parent chart shares with its subcharts; not used' },
    nameOverride: { type: 'string', pattern: '^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$', maxLength: 53 },
    fullnameOverride: { type: 'string', pattern: '^([a-z]([a-z0-9-]*[a-z0-9])?)?$', maxLength: 28 },
    commonLabels: labels(reserved),
    commonAnnotations: annotations(reserved),
    image,
    tokens: closed({ issuer: someText, audience: someText, signedBy: moved }),
    defaults: closed({ ...settingReferences, env: environmentSchema([...environments.values()].flat()) }),
    services: {
      type: 'object',
      description:
        "Two names belong to Postgres and to the chart's test; Postgres reserves the names that the roles of `pg` would have",
      propertyNames: serviceName,
      properties: { postgres: false, journey: false, pg: false, ...known },
      additionalProperties: { $ref: '#/$defs/service' },
    },
    databaseDefaults: { $ref: '#/$defs/database' },
    identityDefaults: { $ref: '#/$defs/identity' },
    migration,
    postgres,
    networkPolicy,
    ingress,
    httpRoute,
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Values of the TaskTracker chart',
    $comment: 'Made by `npm run docs:write --workspace helm` from src/schema',
    ...closedObject(properties),
    $defs: definitions,
  };
}
