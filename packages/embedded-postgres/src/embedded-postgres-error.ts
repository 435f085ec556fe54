export type EmbeddedPostgresFault =
  | 'UNSUPPORTED_PLATFORM'
  | 'ROOT_CANNOT_DROP_RIGHTS'
  | 'NOT_A_DATA_FOLDER'
  | 'WRONG_MAJOR_VERSION'
  | 'DATA_FOLDER_NOT_WRITABLE'
  | 'DATA_FOLDER_IN_USE'
  | 'DISK_FULL'
  | 'PORT_IN_USE'
  | 'START_FAILED';

/** Why the embedded Postgres can't run. `message` tells the person at the terminal in one sentence what to do. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresFault;

  constructor(code: EmbeddedPostgresFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
    this.code = code;
  }
}
