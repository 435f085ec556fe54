import { readProperty } from './read-property.ts';

export interface ViolatedConstraint {
  kind: 'unique' | 'check' | 'foreign-key';
  constraint: string;
}

const kinds = new Map<unknown, ViolatedConstraint['kind']>([
  ['23505', 'unique'],
  ['23514', 'check'],
  ['23503', 'foreign-key'],
]);

/**
 * Which constraint of the database refused a write; undefined for every other error. Understands the driver's errors
 * and Prisma's, which wrap them.
 */
export function violatedConstraint(error: unknown): ViolatedConstraint | undefined {
  const cause = readProperty(readProperty(readProperty(error, 'meta'), 'driverAdapterError'), 'cause');
  if (cause !== undefined) {
    const named =
      readProperty(readProperty(cause, 'constraint'), 'index') ?? quotedName(readProperty(cause, 'originalMessage'));
    return toViolation(readProperty(cause, 'originalCode'), named);
  }
  return toViolation(readProperty(error, 'code'), readProperty(error, 'constraint'));
}

function toViolation(code: unknown, constraint: unknown): ViolatedConstraint | undefined {
  const kind = kinds.get(code);
  return kind === undefined || typeof constraint !== 'string' ? undefined : { kind, constraint };
}

// For a CHECK the adapter passes on Postgres's sentence only; the constraint is the last name in quotes.
function quotedName(message: unknown): string | undefined {
  return typeof message === 'string' ? /constraint "([^"]+)"/.exec(message)?.[1] : undefined;
}
