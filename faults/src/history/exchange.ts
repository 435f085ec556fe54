/** What a client asked for; checkers look at what they know. */
export type Operation =
  | 'create'
  | 'edit'
  | 'delete'
  | 'read'
  | 'list'
  | 'changes'
  | 'stats'
  | 'statistics'
  | 'register'
  | 'login'
  | 'logout'
  | 'session-use';

/** One request and how it ended. Times are of the suite's monotonic clock, in milliseconds. */
export interface Exchange {
  readonly index: number;
  readonly client: string;
  /** The name of the account that asked. */
  readonly account: string;
  readonly operation: Operation;
  readonly method: string;
  readonly path: string;
  /** Of the task that is meant. */
  readonly taskId?: number;
  /** Marks the task that a create makes: its `due_date`, which nothing edits. */
  readonly tag?: string;
  readonly key?: string;
  readonly ifMatch?: string;
  /** The body as sent. */
  readonly sent?: string;
  /** Where it was sent, if not through the gateways' balancer. */
  readonly place?: string;
  /** Of the access token that was used or ended. */
  readonly session?: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** 0: no answer, or only a part of one. */
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Whether what was asked has happened: `unknown` for no answer and for 5xx, which may come after a commit. */
export type Outcome = 'done' | 'refused' | 'unknown';

export function outcomeOf({ status }: Pick<Exchange, 'status'>): Outcome {
  if (status >= 200 && status < 300) return 'done';
  return status >= 400 && status < 500 ? 'refused' : 'unknown';
}

/** A task in an answer, as far as the checkers read it. */
export interface TaskBody {
  readonly id: number;
  readonly title: string;
  readonly description: string | null;
  readonly status: 'todo' | 'in_progress' | 'done';
  readonly priority: 'low' | 'medium' | 'high';
  readonly due_date: string | null;
  readonly version?: number;
}

/** The task as it is, which an edit is told that is refused under `If-Match`. */
export function currentOf({ status, body }: Pick<Exchange, 'status' | 'body'>): TaskBody | undefined {
  if (status !== 412) return undefined;
  const problem: { current?: TaskBody } = JSON.parse(body);
  return problem.current;
}

/** The task that an answer of success holds. */
export function taskOf({ status, body }: Pick<Exchange, 'status' | 'body'>): TaskBody | undefined {
  if (status < 200 || status >= 300 || body === '') return undefined;
  const task: TaskBody = JSON.parse(body);
  return task;
}
