export const taskStatuses = ['todo', 'in_progress', 'done'] as const;
export type TaskStatus = (typeof taskStatuses)[number];

export const taskPriorities = ['low', 'medium', 'high'] as const;
export type TaskPriority = (typeof taskPriorities)[number];

/** What an owner decides about a task; everything else follows from it. */
export interface TaskFields {
  readonly title: string;
  readonly description: string | null;
  readonly status: TaskStatus;
  readonly priority: TaskPriority;
  readonly dueDate: Date | null;
  readonly estimateMinutes: number | null;
}

/** A task as an answer shows it. */
export interface StoredTask {
  /** Its JSON: made by Postgres, passed on as it is. */
  readonly json: string;
  readonly version: number;
}

/** What a task is unless its owner says otherwise. */
export const taskDefaults = {
  description: null,
  status: 'todo',
  priority: 'medium',
  dueDate: null,
  estimateMinutes: null,
} as const satisfies Omit<TaskFields, 'title'>;

/** Some of the fields; undefined for the others. All must be named, so that the compiler asks for a new one. */
export type SomeTaskFields = { readonly [Name in keyof TaskFields]: TaskFields[Name] | undefined };

/** An update: only what was sent. */
export interface TaskChange extends Partial<SomeTaskFields> {
  readonly isCompleted?: boolean | undefined;
}

/** A task's fields as far as an update has to know them. */
export interface KnownFields extends Omit<TaskFields, 'description'> {
  /** Undefined for a text that is none of those which are sent. */
  readonly description: string | null | undefined;
}

/**
 * The fields whose value an update changes; undefined when it changes nothing. A sent status decides whether the task
 * is completed; `isCompleted` alone makes it done, or a done task todo.
 */
export function changedFields(current: KnownFields, sent: TaskChange): SomeTaskFields | undefined {
  const changed: SomeTaskFields = {
    title: unlessSame(current.title, sent.title),
    description: unlessSame(current.description, sent.description),
    status: unlessSame(current.status, sent.status ?? completedStatus(current.status, sent.isCompleted)),
    priority: unlessSame(current.priority, sent.priority),
    dueDate: unlessSame(current.dueDate, sent.dueDate),
    estimateMinutes: unlessSame(current.estimateMinutes, sent.estimateMinutes),
  };
  return Object.values(changed).some((value) => value !== undefined) ? changed : undefined;
}

function completedStatus(current: TaskStatus, isCompleted: boolean | undefined): TaskStatus | undefined {
  if (isCompleted === true) return 'done';
  return isCompleted === false && current === 'done' ? 'todo' : undefined;
}

function unlessSame<Value extends string | number | Date | null>(
  current: Value | undefined,
  sent: Value | undefined,
): Value | undefined {
  const isSame = sent instanceof Date && current instanceof Date ? +sent === +current : sent === current;
  return isSame ? undefined : sent;
}
