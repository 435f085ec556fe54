// What Kubernetes accepts, as JSON Schema: what its API server would refuse halfway through an upgrade is refused
// earlier.

export type Schema = boolean | { readonly [keyword: string]: unknown };
export type Properties = Readonly<Record<string, Schema>>;

/** An object with these members only. */
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
/** A DNS name, perhaps with a wildcard at the front; not an address. */
export const hostName: Schema = {
  type: 'string',
  pattern: `^(\\*\\.)?${dnsSubdomain}$`,
  maxLength: 253,
  not: { pattern: String.raw`^\d+(\.\d+){3}$` },
};

export const labelKey: Schema = { type: 'string', pattern: labelKeyPattern, maxLength: 317 };
export const labelValue: Schema = { type: 'string', pattern: `^(${namePart})?$` };

/** Labels but those of the chart's own, whose keys match a pattern. */
export function labels(reserved?: string): Schema {
  return keyed(labelValue, reserved);
}

export function annotations(reserved?: string): Schema {
  return keyed(text, reserved);
}

/** By patterns of keys: when `propertyNames` fails, helm names another path. */
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

export const labelSelector: Schema = closed({
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
  // An address and a selector are mutually exclusive.
  dependentSchemas: { ipBlock: { maxProperties: 1 } },
};

/** The same, for further calls. */
export function closedObject(properties: Properties): { readonly [keyword: string]: unknown } {
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

/** What holds where a condition does. */
export function implies(condition: Schema, consequence: Schema): Schema {
  return { anyOf: [{ not: condition }, consequence] };
}
