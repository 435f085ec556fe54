export const taskStatuses = ['todo', 'in_progress', 'done'] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export const taskPriorities = ['low', 'medium', 'high'] as const;
export type TaskPriority = (typeof taskPriorities)[number];

/** What an owner decides about a task; everything else follows from it. */
export interface TaskFields {
  title: string;
  description: string | null;
  status: TaskStatus;
  priority: TaskPriority;
  dueDate: Date | null;
}

/** An update: only what was sent. */
export interface TaskChange extends Partial<TaskFields> {
  isCompleted?: boolean;
}

/**
 * The fields whose value an update changes; none when it changes nothing. A sent status decides whether the task is
 * completed; `isCompleted` alone makes it done, or a done task todo.
 */
export function changedFields(current: TaskFields, { isCompleted, ...sent }: TaskChange): Partial<TaskFields> {
  const wanted: Partial<TaskFields> = { ...sent };
  if (sent.status === undefined && isCompleted === true) wanted.status = 'done';
  if (sent.status === undefined && isCompleted === false && current.status === 'done') wanted.status = 'todo';

  if (wanted.title === current.title) delete wanted.title;
  if (wanted.description === current.description) delete wanted.description;
  if (wanted.status === current.status) delete wanted.status;
  if (wanted.priority === current.priority) delete wanted.priority;
  if (wanted.dueDate?.getTime() === current.dueDate?.getTime()) delete wanted.dueDate;
  return wanted;
}
