import {
  closed,
  closedObject,
  dataKey,
  flag,
  implies,
  integer,
  labelKey,
  labelSelector,
  labelValue,
  listOf,
  objectName,
  shortName,
  someText,
  text,
  type Schema,
} from './kubernetes-schema.ts';

// What Kubernetes accepts in a pod: where it runs, what it mounts, what it may do.

export const toleration: Schema = {
  ...closedObject({
    key: labelKey,
    operator: { enum: ['Equal', 'Exists'] },
    value: labelValue,
    effect: { enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] },
    tolerationSeconds: { type: 'integer' },
  }),
  allOf: [
    implies({ not: { required: ['key'] } }, { required: ['operator'], properties: { operator: { const: 'Exists' } } }),
    implies(
      { required: ['operator'], properties: { operator: { const: 'Exists' } } },
      { properties: { value: { maxLength: 0 } } },
    ),
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
    implies(operatorIn('In', 'NotIn'), { required: ['values'], properties: { values: { minItems: 1 } } }),
    implies(operatorIn('Exists', 'DoesNotExist'), { properties: { values: { maxItems: 0 } } }),
    implies(operatorIn('Gt', 'Lt'), {
      required: ['values'],
      properties: { values: { minItems: 1, maxItems: 1, items: { pattern: '^-?[0-9]+$' } } },
    }),
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
    allOf: [
      implies({ properties: { type: { const: 'Localhost' } } }, { required: ['localhostProfile'] }),
      implies({ required: ['localhostProfile'] }, { properties: { type: { const: 'Localhost' } } }),
    ],
  },
);
const sysctlName: Schema = {
  type: 'string',
  pattern: '^[a-z0-9]([-_a-z0-9]*[a-z0-9])?([./][a-z0-9]([-_a-z0-9]*[a-z0-9])?)*$',
};

/** What may be set for a pod within Pod Security "restricted". */
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
