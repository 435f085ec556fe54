import { Type, type Static } from '@tasktracker/schema';

/** Counts of one person's tasks; exact at any number of them. */
export const TaskStats = Type.Object(
  {
    total: Type.Integer(),
    todo: Type.Integer(),
    in_progress: Type.Integer(),
    done: Type.Integer(),
    completed: Type.Integer(),
    high_priority: Type.Integer(),
    medium_priority: Type.Integer(),
    low_priority: Type.Integer(),
  },
  { $id: 'TaskStats' },
);
export type TaskStats = Static<typeof TaskStats>;
