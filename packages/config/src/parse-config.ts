import { type Static, type TObject, type TProperties, Type, Value } from '@tasktracker/schema';

type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelCase<Tail>>}`
  : Lowercase<S>;

/** The configuration that a schema of environment variables gives: `DRAIN_DELAY_MS` becomes `drainDelayMs`. */
export type Config<P extends TProperties> = Readonly<{
  [K in keyof Static<TObject<P>> as CamelCase<K & string>]: Static<TObject<P>>[K];
}>;

/** Every faulty variable, by name and without its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The configuration is not valid:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

/**
 * Reads the schema's variables from `env`, applies defaults, converts numbers and booleans, and freezes the result.
 * An empty variable counts as unset. Throws ConfigError with all faults together.
 */
export function parseConfig<P extends TProperties>(
  schema: TObject<P>,
  env: Readonly<Record<string, string | undefined>>,
): Config<P> {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, property] of Object.entries<TProperties[string]>(schema.properties)) {
    const raw = env[name] === '' ? undefined : env[name];
    const value = raw === undefined ? defaultOf(property) : convert(property, raw);
    if (value === undefined) {
      if (!Type.IsOptional(property)) faults.push(`${name} is missing${describe(property)}`);
      continue;
    }
    if (Value.Check(property, value)) values[toCamelCase(name)] = value;
    else faults.push(`${name} ${faultOf(property, value)}`);
  }
  if (faults.length > 0) throw new ConfigError(faults);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each key was checked against its own schema above
  return Object.freeze(values) as Config<P>;
}

/**
 * The results of both. Throws one ConfigError with the faults of both: nobody should have to start twice to see all.
 */
export function parseTogether<A, B>(one: () => A, other: () => B): [A, B] {
  const faults: string[] = [];
  const first = orNoteFaults(one, faults);
  const second = orNoteFaults(other, faults);
  if (!first || !second) throw new ConfigError(faults);
  return [first.value, second.value];
}

function orNoteFaults<T>(parse: () => T, faults: string[]): { value: T } | undefined {
  try {
    return { value: parse() };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    faults.push(...error.faults);
    return undefined;
  }
}

function defaultOf(property: TProperties[string]): unknown {
  return 'default' in property ? property.default : undefined;
}

/** Strict on purpose: TypeBox's own conversion would turn `1.5` into 1 and `yes` into true. */
function convert(property: TProperties[string], raw: string): unknown {
  const type = 'type' in property ? property.type : undefined;
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(raw)) return Number(raw);
  if (type === 'boolean' && (raw === 'true' || raw === 'false')) return raw === 'true';
  return raw;
}

/**
 * What is wrong, in words for an operator: without the schema's terms, and without the value, which may be a secret.
 */
function faultOf(property: TProperties[string], value: unknown): string {
  const refusal = Value.Errors(property, value).find(({ keyword }) => keyword === '~refine');
  if (refusal) return `${refusal.message}${describe(property)}`;
  const kind = kindOf(property);
  if (kind !== undefined) return `must be ${kind}${describe(property)}`;
  return 'description' in property ? `must be ${String(property.description)}` : 'is not valid';
}

/** What a schema takes, where that can be said without its description. */
function kindOf(property: TProperties[string]): string | undefined {
  if (Type.IsInteger(property)) return `a whole number${rangeOf(property)}`;
  if (Type.IsNumber(property)) return `a number${rangeOf(property)}`;
  if (Type.IsBoolean(property)) return 'true or false';
  if (!Type.IsUnion(property)) return undefined;
  const allowed = property.anyOf.flatMap((each) => (Type.IsLiteral(each) ? [String(each.const)] : []));
  return allowed.length === 0 ? undefined : new Intl.ListFormat('en', { type: 'disjunction' }).format(allowed);
}

function rangeOf(property: object): string {
  const [minimum, maximum] = [limitOf(property, 'minimum'), limitOf(property, 'maximum')];
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (minimum !== undefined) return ` of at least ${minimum}`;
  return maximum === undefined ? '' : ` of at most ${maximum}`;
}

function limitOf(property: object, name: 'minimum' | 'maximum'): number | undefined {
  const limit: unknown = Reflect.get(property, name);
  return typeof limit === 'number' ? limit : undefined;
}

function describe(property: TProperties[string]): string {
  return 'description' in property && typeof property.description === 'string' ? ` (${property.description})` : '';
}

function toCamelCase(name: string): string {
  return name.toLowerCase().replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}
