// What Kubernetes takes, as JSON Schema: what its API server would refuse half-way through an upgrade is refused before it.

export type Schema = boolean | { readonly [keyword: string]: unknown };
export type Properties = Readonly<Record<string, Schema>>;

/** An object with these members alone. */
export function closed(properties: Properties, more: Readonly<Record<string, unknown>> = {}): Schema {
  return { type: 'object', additionalProperties: false, properties, ...more };
}

export function listOf(items: Schema, more: Readonly<Record<string, unknown>> = {}): Schema {
  return { type: 'array', items, ...more };
}

export const text: Schema = { type: 'string' };
export const someText: Schema = { type: 'string', minLength: 1 };
export const flag: Schema = { type: 'boolean' };

const int32 = 2_147_483_647;

export function integer(minimum: number, maximum: number = int32): Schema {
  return { type: 'integer', minimum, maximum };
}

const dnsLabel = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const dnsSubdomain = `${dnsLabel}(\\.${dnsLabel})*`;
const namePart = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';
const labelKeyPattern = `^(${dnsSubdomain}/)?${namePart}$`;

export const objectName: Schema = { type: 'string', pattern: `^${dnsSubdomain}$`, maxLength: 253 };
/** Of an object, or empty. */
export const maybeName: Schema = { type: 'string', pattern: `^(${dnsSubdomain})?$`, maxLength: 253 };
export const shortName: Schema = { type: 'string', pattern: `^${dnsLabel}$`, maxLength: 63 };
export const dataKey: Schema = {
  type: 'string',
  pattern: '^[-._a-zA-Z0-9]+$',
  maxLength: 253,
  not: { enum: ['.', '..'] },
};
export const port: Schema = integer(1, 65_535);
export const hostName: Schema = { type: 'string', pattern: `^(\\*\\.)?${dnsSubdomain}$`, maxLength: 253 };

export const labelKey: Schema = { type: 'string', pattern: labelKeyPattern, maxLength: 317 };
const labelValue: Schema = { type: 'string', pattern: `^(${namePart})?$` };

/** Labels but those of the chart's own, whose keys match a pattern. */
export function labels(reserved?: string): Schema {
  return keyed(labelValue, reserved);
}

export function annotations(reserved?: string): Schema {
  return keyed(text, reserved);
}

/** By patterns of keys: where `propertyNames` is wrong, helm names another path. */
function keyed(value: Schema, reserved: string | undefined): Schema {
  const keys = { [labelKeyPattern]: value, ...(reserved !== undefined && { [reserved]: false }) };
  return { type: 'object', patternProperties: keys, additionalProperties: false };
}

/** A quantity's form is checked by the templates, which say what to write instead. */
const quantities: Schema = {
  type: 'object',
  propertyNames: { pattern: '^(cpu|memory|ephemeral-storage|[a-z0-9.-]+/[A-Za-z0-9._-]+)$' },
  additionalProperties: { type: ['string', 'number'] },
};

export const resources: Schema = closed({ requests: quantities, limits: quantities });

export const probe: Schema = closed({
  initialDelaySeconds: integer(0),
  periodSeconds: integer(1),
  timeoutSeconds: integer(1),
  failureThreshold: integer(1),
});

const scalingRules: Schema = closed({
  stabilizationWindowSeconds: integer(0, 3600),
  selectPolicy: { enum: ['Max', 'Min', 'Disabled'] },
  tolerance: { type: ['string', 'number'], minimum: 0, pattern: String.raw`^\d+(\.\d+)?m?$` },
  policies: listOf(
    closed(
      { type: { enum: ['Pods', 'Percent'] }, value: integer(1), periodSeconds: integer(1, 1800) },
      { required: ['type', 'value', 'periodSeconds'] },
    ),
    { minItems: 1 },
  ),
});

export const scalingBehavior: Schema = closed({ scaleUp: scalingRules, scaleDown: scalingRules });

const labelSelector: Schema = closed({
  matchLabels: labels(),
  matchExpressions: listOf({
    oneOf: [
      closed(
        { key: labelKey, operator: { enum: ['In', 'NotIn'] }, values: listOf(labelValue, { minItems: 1 }) },
        { required: ['key', 'operator', 'values'] },
      ),
      closed(
        { key: labelKey, operator: { enum: ['Exists', 'DoesNotExist'] }, values: { type: 'array', maxItems: 0 } },
        { required: ['key', 'operator'] },
      ),
    ],
  }),
});

const octet = String.raw`(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
const group = '[0-9a-fA-F]{1,4}';
const ipv6 = `((${group}:){7}${group}|(${group}(:${group})*)?::(${group}(:${group})*)?)`;
const cidr = String.raw`^(${octet}(\.${octet}){3}/(\d|[12]\d|3[0-2])|${ipv6}/(\d|\d\d|1[01]\d|12[0-8]))$`;
export const network: Schema = { type: 'string', pattern: cidr };

export const peer: Schema = {
  ...closedObject({
    podSelector: labelSelector,
    namespaceSelector: labelSelector,
    ipBlock: closed({ cidr: network, except: listOf(network) }, { required: ['cidr'] }),
  }),
  minProperties: 1,
  // An address and a selector exclude each other.
  dependentSchemas: { ipBlock: { maxProperties: 1 } },
};

function closedObject(properties: Properties): { readonly [keyword: string]: unknown } {
  return { type: 'object', additionalProperties: false, properties };
}

const namedPort: Schema = {
  type: 'string',
  maxLength: 15,
  allOf: [{ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' }, { pattern: '[a-z]' }],
};

export const egressRule: Schema = closed({
  to: listOf(peer),
  ports: listOf(
    closed(
      {
        port: { oneOf: [port, namedPort] },
        endPort: port,
        protocol: { enum: ['TCP', 'UDP', 'SCTP'] },
      },
      { dependentSchemas: { endPort: { required: ['port'], properties: { port: { type: 'integer' } } } } },
    ),
  ),
});

export const toleration: Schema = {
  ...closedObject({
    key: labelKey,
    operator: { enum: ['Equal', 'Exists'] },
    value: labelValue,
    effect: { enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] },
    tolerationSeconds: { type: 'integer' },
  }),
  allOf: [
    {
      if: { not: { required: ['key'] } },
      then: { required: ['operator'], properties: { operator: { const: 'Exists' } } },
    },
    {
      if: { required: ['operator'], properties: { operator: { const: 'Exists' } } },
      then: { properties: { value: { maxLength: 0 } } },
    },
  ],
  dependentSchemas: { tolerationSeconds: { required: ['effect'], properties: { effect: { const: 'NoExecute' } } } },
};

const nodeRequirement: Schema = {
  ...closedObject({
    key: labelKey,
    operator: { enum: ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] },
    values: listOf(text),
  }),
  required: ['key', 'operator'],
  allOf: [
    { if: operatorIn('In', 'NotIn'), then: { required: ['values'], properties: { values: { minItems: 1 } } } },
    { if: operatorIn('Exists', 'DoesNotExist'), then: { properties: { values: { maxItems: 0 } } } },
    {
      if: operatorIn('Gt', 'Lt'),
      then: {
        required: ['values'],
        properties: { values: { minItems: 1, maxItems: 1, items: { pattern: '^-?[0-9]+$' } } },
      },
    },
  ],
};

function operatorIn(...operators: readonly string[]): Schema {
  return { required: ['operator'], properties: { operator: { enum: operators } } };
}

const nodeTerm: Schema = closed({
  matchExpressions: listOf(nodeRequirement),
  matchFields: listOf(
    closed(
      {
        key: { const: 'metadata.name' },
        operator: { enum: ['In', 'NotIn'] },
        values: listOf(text, { minItems: 1, maxItems: 1 }),
      },
      { required: ['key', 'operator', 'values'] },
    ),
  ),
});
const podTerm: Schema = closed(
  {
    labelSelector,
    topologyKey: labelKey,
    namespaces: listOf(shortName),
    namespaceSelector: labelSelector,
    matchLabelKeys: listOf(labelKey),
    mismatchLabelKeys: listOf(labelKey),
  },
  {
    required: ['topologyKey'],
    dependentRequired: { matchLabelKeys: ['labelSelector'], mismatchLabelKeys: ['labelSelector'] },
  },
);
const weight = integer(1, 100);
const podTerms: Schema = closed({
  requiredDuringSchedulingIgnoredDuringExecution: listOf(podTerm),
  preferredDuringSchedulingIgnoredDuringExecution: listOf(
    closed({ weight, podAffinityTerm: podTerm }, { required: ['weight', 'podAffinityTerm'] }),
  ),
});

export const affinity: Schema = closed({
  nodeAffinity: closed({
    requiredDuringSchedulingIgnoredDuringExecution: closed(
      { nodeSelectorTerms: listOf(nodeTerm, { minItems: 1 }) },
      { required: ['nodeSelectorTerms'] },
    ),
    preferredDuringSchedulingIgnoredDuringExecution: listOf(
      closed({ weight, preference: nodeTerm }, { required: ['weight', 'preference'] }),
    ),
  }),
  podAffinity: podTerms,
  podAntiAffinity: podTerms,
});

const fieldPath = String.raw`^(metadata\.(name|namespace|uid|(labels|annotations)\['[^']+'\])|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$`;

const keyOf = closed({ name: objectName, key: dataKey, optional: flag }, { required: ['name', 'key'] });

export const environmentVariable: Schema = {
  ...closedObject({
    name: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_.-]*$' },
    value: text,
    valueFrom: closed(
      {
        configMapKeyRef: keyOf,
        secretKeyRef: keyOf,
        fieldRef: closed(
          { apiVersion: { const: 'v1' }, fieldPath: { type: 'string', pattern: fieldPath } },
          { required: ['fieldPath'] },
        ),
        resourceFieldRef: closed(
          {
            containerName: text,
            resource: { type: 'string', pattern: String.raw`^(requests|limits)\.(cpu|memory|ephemeral-storage)$` },
            divisor: { type: ['string', 'number'] },
          },
          { required: ['resource'] },
        ),
      },
      { minProperties: 1, maxProperties: 1 },
    ),
  }),
  required: ['name'],
  not: { required: ['value', 'valueFrom'] },
};

const anyObject: Schema = { type: 'object' };

/** A name and one source. */
export const volume: Schema = closed(
  {
    name: shortName,
    configMap: { type: 'object', required: ['name'], properties: { name: objectName } },
    secret: { type: 'object', required: ['secretName'], properties: { secretName: objectName } },
    persistentVolumeClaim: { type: 'object', required: ['claimName'], properties: { claimName: objectName } },
    emptyDir: anyObject,
    projected: { type: 'object', required: ['sources'] },
    downwardAPI: anyObject,
    csi: { type: 'object', required: ['driver'] },
    ephemeral: anyObject,
    image: anyObject,
    nfs: { type: 'object', required: ['server', 'path'] },
    hostPath: { type: 'object', required: ['path'] },
  },
  { required: ['name'], minProperties: 2, maxProperties: 2 },
);

export const volumeMount: Schema = closed(
  {
    name: shortName,
    mountPath: { type: 'string', pattern: '^/[^:]*$' },
    subPath: { type: 'string', pattern: String.raw`^(\.?[^./][^/]*(/\.?[^./][^/]*)*)?$` },
    subPathExpr: text,
    readOnly: flag,
    recursiveReadOnly: { enum: ['Disabled', 'IfPossible', 'Enabled'] },
    mountPropagation: { enum: ['None', 'HostToContainer'] },
  },
  {
    required: ['name', 'mountPath'],
    not: { required: ['subPath', 'subPathExpr'] },
    dependentSchemas: {
      recursiveReadOnly: { required: ['readOnly'], properties: { readOnly: { const: true } } },
    },
  },
);

const profile: Schema = closed(
  { type: { enum: ['RuntimeDefault', 'Localhost', 'Unconfined'] }, localhostProfile: someText },
  {
    required: ['type'],
    if: { properties: { type: { const: 'Localhost' } } },
    then: { required: ['localhostProfile'] },
    else: { properties: { localhostProfile: false } },
  },
);
const sysctlName: Schema = {
  type: 'string',
  pattern: '^[a-z0-9]([-_a-z0-9]*[a-z0-9])?([./][a-z0-9]([-_a-z0-9]*[a-z0-9])?)*$',
};

/** What can be said of a pod without leaving Pod Security "restricted". */
export const podSecurity: Schema = closed({
  runAsUser: integer(1),
  runAsGroup: integer(0),
  fsGroup: integer(0),
  fsGroupChangePolicy: { enum: ['OnRootMismatch', 'Always'] },
  supplementalGroups: listOf(integer(0)),
  supplementalGroupsPolicy: { enum: ['Merge', 'Strict'] },
  seccompProfile: profile,
  seLinuxOptions: anyObject,
  appArmorProfile: profile,
  runAsNonRoot: flag,
  sysctls: listOf(closed({ name: sysctlName, value: text }, { required: ['name', 'value'] })),
});

export const containerSecurity: Schema = closed({
  runAsUser: integer(1),
  runAsGroup: integer(0),
  runAsNonRoot: flag,
  readOnlyRootFilesystem: flag,
  allowPrivilegeEscalation: flag,
  capabilities: closed({ add: listOf(someText), drop: listOf(someText) }),
  seccompProfile: profile,
  seLinuxOptions: anyObject,
  appArmorProfile: profile,
});
