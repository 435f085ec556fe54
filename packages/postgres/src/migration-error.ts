export type MigrationFault =
  | 'MIGRATION_FAILED'
  | 'MIGRATION_HALF_DONE'
  | 'MIGRATION_EDITED'
  | 'HISTORIES_DIVERGE'
  | 'PROGRAM_TOO_OLD'
  | 'LOCKED'
  | 'SERVER_TOO_OLD'
  | 'UNREACHABLE';

/** Why the schema can't be brought up to date. `message` tells an operator what happened and what to do. */
export class MigrationError extends Error {
  readonly code: MigrationFault;

  constructor(code: MigrationFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
    this.code = code;
  }
}

export function toFailedError(name: string, reason: string, cause: unknown): MigrationError {
  return new MigrationError(
    'MIGRATION_FAILED',
    `The migration ${name} failed: ${reason}. Nothing of it was kept, and the migrations before it are applied: fix the cause, then run migrate again.`,
    { cause },
  );
}

export function toHalfDoneError(name: string, whatHappened: string, cause?: unknown): MigrationError {
  return new MigrationError(
    'MIGRATION_HALF_DONE',
    `The migration ${name} ${whatHappened} a part of it may be there: find and remove it, then run migrate with --clear-failed ${name}, and once more without.`,
    { cause },
  );
}

export function toEditedError(names: readonly string[]): MigrationError {
  return new MigrationError(
    'MIGRATION_EDITED',
    `The migration ${names.join(', ')} was edited after it had been applied here: put its file back as it was, and change the schema by a new migration.`,
  );
}

export function toDivergedError(unknown: readonly string[], missing: readonly string[]): MigrationError {
  return new MigrationError(
    'HISTORIES_DIVERGE',
    `The database has migrations that this version does not know (${unknown.join(', ')}), and lacks some that it needs (${missing.join(', ')}): run a version that includes both.`,
  );
}

export function toLockedError(cause: unknown): MigrationError {
  return new MigrationError(
    'LOCKED',
    'Another tool holds the migration lock of this database (pg_advisory_lock 72707369) and does not let go: end it, then run migrate again.',
    { cause },
  );
}
