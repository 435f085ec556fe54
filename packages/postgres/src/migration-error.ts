export type MigrationFault =
  | 'MIGRATION_FAILED'
  | 'MIGRATION_UNFINISHED'
  | 'MIGRATION_EDITED'
  | 'HISTORIES_DIVERGE'
  | 'PROGRAM_TOO_OLD'
  | 'LOCKED'
  | 'UNREACHABLE';

/** Why the schema can't be brought up to date. `message` says what happened and what to do, in words for an operator. */
export class MigrationError extends Error {
  readonly code: MigrationFault;

  constructor(code: MigrationFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MigrationError';
    this.code = code;
  }
}
