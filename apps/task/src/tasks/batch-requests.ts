import { Problem, ValidationFailed } from '@tasktracker/errors';
import { asId, exactInteger, toFieldFaults } from '@tasktracker/service-kit';
import type { FastifySchemaValidationError } from 'fastify';
import type { BatchOperation } from './batch-plan.ts';
import type { SentBatch, SentOperation } from './batch-schemas.ts';
import type { TaskBatch } from './task-batch.ts';
import { TaskNotFound } from './task-errors.ts';
import { lowerEnums, toTaskChange, toTaskFields } from './task-requests.ts';

/** Lowers status and priority of each operation before they are checked. */
export function lowerEnumsOfBatch(body: unknown): void {
  const operations: unknown = Object(body).operations;
  if (Array.isArray(operations)) operations.forEach(lowerEnums);
}

/** Inside the operation with this number; elsewhere it is the batch's own. */
const placeInOperation = /^\/operations\/([0-9]+)(\/.*|)$/;

/**
 * The batch, operations that are not valid as refused ones: a single call would be refused for the same fault. Throws
 * ValidationFailed for faults of the batch itself, an operation of no known kind among them.
 */
export function toTaskBatch(body: SentBatch, errors: readonly FastifySchemaValidationError[]): TaskBatch {
  const ofOperations = new Map<number, FastifySchemaValidationError[]>();
  const ofBatch: FastifySchemaValidationError[] = [];
  for (const error of errors) {
    const [, index, place = ''] = placeInOperation.exec(error.instancePath) ?? [];
    const isOfOperation = index !== undefined && (place !== '' || error.keyword === 'required');
    if (!isOfOperation) ofBatch.push(error);
    else
      ofOperations.set(Number(index), [...(ofOperations.get(Number(index)) ?? []), { ...error, instancePath: place }]);
  }
  if (ofBatch.length > 0) throw new ValidationFailed(toFieldFaults(ofBatch, 'body'));
  const operations = body.operations.map((operation, index) => toOperation(operation, ofOperations.get(index) ?? []));
  return { operations, isAtomic: body.atomic ?? false };
}

function toOperation(sent: SentOperation, errors: readonly FastifySchemaValidationError[]): BatchOperation {
  const id = sent.op === 'create' ? undefined : idOf(sent);
  if (errors.length > 0) return { op: 'refused', id, problem: new ValidationFailed(toFieldFaults(errors, 'body')) };
  try {
    if (sent.op === 'create') return { op: 'create', fields: toTaskFields(sent) };
    const change = sent.op === 'update' ? toTaskChange(sent) : undefined;
    if (id === undefined) throw new TaskNotFound();
    const ifMatch = sent.if_match;
    return change === undefined ? { op: 'delete', id, ifMatch } : { op: 'update', id, ifMatch, change };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { op: 'refused', id, problem: error };
  }
}

/** Undefined for an integer that can't be an id, or is written like 1e30. */
function idOf(sent: Exclude<SentOperation, { op: 'create' }>): bigint | undefined {
  const integer = exactInteger(sent, 'id');
  return integer === undefined ? undefined : asId(integer);
}
