import { callerOf } from '@tasktracker/auth';
import { sendAnswer, type Answer } from '@tasktracker/idempotency';
import {
  createFairShare,
  ifMatchOf,
  sendTagged,
  tagRoutes,
  versionTag,
  type ServiceApp,
} from '@tasktracker/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from '@tasktracker/schema';
import { lowerEnumsOfBatch, toTaskBatch } from './batch-requests.ts';
import * as operations from './task-operations.ts';
import { changesLimit, listDefaults } from './task-query.ts';
import { lowerEnums, toListOptions, toTaskChange, toTaskFields, toTaskId } from './task-requests.ts';
import type { taskPath } from './task-schemas.ts';
import type { ListOptions, TaskService, WriteTerms } from './task-service.ts';
import type { StoredTask, TaskChange } from './task.ts';

/** One account's searches, batches and long answers run one after the other, and leave most connections and half of the processor to others. */
const costlyWork = { atOnce: 4, atOnceOfOne: 1, waiting: 64, waitingOfOne: 16 };

/** A search of two letters reads all of an owner's tasks; a long page may have megabytes. */
const isCostly = ({ filters, limit }: ListOptions): boolean =>
  filters.search !== undefined || limit > listDefaults.limit;

/** Batches of no more operations are as quick as their calls would be. */
const shortBatch = 100;

/** `/api/v1/tasks`, for signed-in callers: their own tasks. */
export async function taskRoutes(app: ServiceApp, { tasks }: { tasks: TaskService }): Promise<void> {
  tagRoutes(app, 'Tasks');
  app.addHook('preValidation', async (request) => {
    lowerEnums(request.body);
    lowerEnums(request.query);
  });

  app.post('/', { schema: operations.createTask }, async (request, reply) => {
    const fields = toTaskFields(request.body);
    return sendAnswer(reply, await tasks.create(callerOf(request).userId, fields, request.keyedWrite));
  });

  const costly = createFairShare(costlyWork);
  async function takeTurn(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const leave = await costly.enter(callerOf(request).userId, request.deadline?.signal);
    reply.raw.once('close', leave); // when the answer has been taken, or nobody wants it any more
  }

  batchRoute(app, tasks, takeTurn);

  app.get('/', { schema: operations.listTasks }, async (request, reply) => {
    const options = toListOptions(request.query);
    if (isCostly(options)) await takeTurn(request, reply);
    return asJson(reply).send(await tasks.list(callerOf(request).userId, options));
  });

  app.get('/stats', { schema: operations.getTaskStats }, (request) => tasks.stats(callerOf(request).userId));

  app.get('/changes', { schema: operations.listTaskChanges }, async (request, reply) => {
    const { cursor, limit = changesLimit } = request.query;
    // Most of these find little that is new: what they cost is known only when the log has been read.
    const beforeTasks = async (count: number): Promise<void> => {
      if (count > listDefaults.limit) await takeTurn(request, reply);
    };
    return asJson(reply).send(await tasks.changes(callerOf(request).userId, { cursor, limit, beforeTasks }));
  });

  app.get('/:id', { schema: operations.getTask }, async (request, reply) =>
    sendTask(request, reply, await tasks.get(callerOf(request).userId, toTaskId(request.params.id))),
  );

  const update = (request: FastifyRequest<{ Params: Static<typeof taskPath> }>, change: TaskChange): Promise<Answer> =>
    tasks.update(callerOf(request).userId, toTaskId(request.params.id), change, termsOf(request));

  app.put('/:id', { schema: operations.replaceTask }, async (request, reply) =>
    sendAnswer(reply, await update(request, toTaskChange(request.body))),
  );

  app.patch('/:id', { schema: operations.updateTask }, async (request, reply) =>
    sendAnswer(reply, await update(request, toTaskChange(request.body))),
  );

  app.patch('/:id/complete', { schema: operations.completeTask }, async (request, reply) =>
    sendAnswer(reply, await update(request, { isCompleted: true })),
  );

  app.patch('/:id/incomplete', { schema: operations.reopenTask }, async (request, reply) =>
    sendAnswer(reply, await update(request, { isCompleted: false })),
  );

  app.delete('/:id', { schema: operations.deleteTask }, async (request, reply) => {
    const id = toTaskId(request.params.id);
    return sendAnswer(reply, await tasks.delete(callerOf(request).userId, id, termsOf(request)));
  });
}

type TakeTurn = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** What is wrong with an operation is its result, so the handler looks at the faults. */
function batchRoute(app: ServiceApp, tasks: TaskService, takeTurn: TakeTurn): void {
  app.post(
    '/batch',
    {
      schema: operations.batchTasks,
      attachValidation: true,
      preValidation: async (request) => lowerEnumsOfBatch(request.body),
    },
    async (request, reply) => {
      const { validationError, keyedWrite: keyed, id: requestId } = request;
      const batch = toTaskBatch(request.body, validationError?.validation ?? []);
      if (batch.operations.length > shortBatch) await takeTurn(request, reply);
      return sendAnswer(reply, await tasks.batch(callerOf(request).userId, batch, { keyed, requestId }));
    },
  );
}

function termsOf(request: FastifyRequest): WriteTerms {
  return { ifMatch: ifMatchOf(request), keyed: request.keyedWrite };
}

function sendTask(request: FastifyRequest, reply: FastifyReply, { json, version }: StoredTask): FastifyReply {
  return sendTagged(request, reply, json, versionTag(version));
}

/** For JSON that is text already: Fastify sends a string as it is once its content type is set. */
function asJson<R extends Pick<FastifyReply, 'type'>>(reply: R): R {
  reply.type('application/json; charset=utf-8');
  return reply;
}
