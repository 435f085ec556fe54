import type { FieldFault } from '@tasktracker/contracts';
import type { ErrorDefinition } from './define-errors.ts';

export interface ProblemOptions {
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly FieldFault[];
  /** JSON text of the resource as it is. */
  readonly current?: string;
  readonly cause?: unknown;
}

/** An error meant for the caller; the service kit turns it into the RFC 9457 answer. Each code has one class. */
export abstract class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly isDecidedByState: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly FieldFault[] | undefined;
  readonly current: string | undefined;

  constructor(definition: ErrorDefinition, options: ProblemOptions = {}) {
    const { code, status, title, detail, isDecidedByState } = definition;
    super(options.detail ?? detail, { cause: options.cause });
    this.code = code;
    this.status = status;
    this.title = title;
    this.detail = options.detail ?? detail;
    this.isDecidedByState = isDecidedByState;
    this.headers = options.headers ?? {};
    this.errors = options.errors;
    this.current = options.current;
  }
}
