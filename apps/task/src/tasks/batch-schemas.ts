import { ProblemBody } from '@tasktracker/contracts';
import { idSchema, ref } from '@tasktracker/service-kit';
import { Type, type Static, type TSchema } from '@tasktracker/schema';
import { TaskCreation, TaskUpdate } from './task-schemas.ts';

/** As many as a long page has. */
const mostOperations = 1_000;

const op = <Name extends string>(name: Name) => Type.Literal(name, { type: 'string' });
const existing = {
  id: Type.Integer(),
  if_match: Type.Optional(Type.Integer({ description: 'only if the task still has this version' })),
};

const CreateOperation = Type.Object({ op: op('create'), ...TaskCreation.properties }, { $id: 'CreateOperation' });
const UpdateOperation = Type.Object(
  { op: op('update'), ...existing, ...TaskUpdate.properties },
  { $id: 'UpdateOperation' },
);
const DeleteOperation = Type.Object({ op: op('delete'), ...existing }, { $id: 'DeleteOperation' });

/** As it is sent. */
export type SentOperation =
  | Static<typeof CreateOperation>
  | Static<typeof UpdateOperation>
  | Static<typeof DeleteOperation>;

const TaskBatch = Type.Object(
  {
    atomic: Type.Optional(Type.Boolean({ default: false, description: 'whether the first failure undoes all' })),
    operations: Type.Array(
      Type.Unsafe<SentOperation>({
        type: 'object',
        discriminator: { propertyName: 'op' },
        oneOf: [ref(CreateOperation), ref(UpdateOperation), ref(DeleteOperation)],
      }),
      {
        minItems: 1,
        maxItems: mostOperations,
        description: 'done in this order, as if each were a call of its own',
        examples: [
          [
            { op: 'create', title: 'Drain node 3' },
            { op: 'create', title: 'Renew the certificates' },
          ],
        ],
      },
    ),
  },
  { $id: 'TaskBatch' },
);
export type SentBatch = Static<typeof TaskBatch>;

export const TaskBatchResults = Type.Object(
  {
    results: Type.Array(
      Type.Object({
        status: Type.Integer({ minimum: 200, maximum: 599, description: 'as the single call would have' }),
        id: Type.Optional(idSchema),
        task: Type.Optional(Type.Ref('Task')),
        problem: Type.Optional(ref(ProblemBody)),
      }),
      { description: 'one for each operation, in their order' },
    ),
  },
  { $id: 'TaskBatchResults' },
);

export const batchBody = ref(TaskBatch);
export const batchComponents: readonly TSchema[] = [
  CreateOperation,
  UpdateOperation,
  DeleteOperation,
  TaskBatch,
  TaskBatchResults,
];
