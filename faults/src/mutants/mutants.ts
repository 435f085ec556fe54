import type { Mutant } from './mutant.ts';

/** The bugs that the suite puts in, one at a time, with `--mutants`. */
export const mutants: readonly Mutant[] = [
  {
    name: 'answer before commit',
    caughtBy: ['edits', 'acknowledged writes'],
    patches: [
      {
        file: 'apps/task/src/tasks/task-store.ts',
        find: 'heldTransaction(pool, (run) => work({ ...repositoriesOn(run), batches: createBatchRepository(run) }))',
        replace: `new Promise((resolve, reject) => {
          heldTransaction(pool, async (run) => {
            resolve(await work({ ...repositoriesOn(run), batches: createBatchRepository(run) }));
            await new Promise((later) => setTimeout(later, 20));
          }).catch(reject);
        })`,
      },
    ],
  },
  {
    name: 'commits that do not wait for the disk',
    caughtBy: ['acknowledged writes', 'edits', 'counters'],
    faults: ['Postgres stopped at once', 'kill -9 of a backend'],
    patches: [
      {
        file: 'apps/task/src/tasks/task-store.ts',
        find: "enable_sort: 'off',",
        replace: "enable_sort: 'off', synchronous_commit: 'off',",
      },
    ],
  },
  {
    name: 'lost update: no lock on the row',
    caughtBy: ['versions'],
    focus: 'edits',
    faults: ['slow connections'],
    patches: [{ file: 'apps/task/src/tasks/task-repository.ts', find: ' FOR UPDATE`', replace: '`' }],
  },
  {
    name: 'a retry of an unkeyed POST',
    caughtBy: ['one effect'],
    faults: ['commit, then cut the answer'],
    targets: ['task'],
    patches: [
      {
        file: 'packages/service-client/src/upstream.ts',
        find: "const mayBeRepeated = !receiver.isSent || request.isKeyed || method === 'GET' || method === 'HEAD';",
        replace: 'const mayBeRepeated = true;',
      },
    ],
  },
  {
    name: 'verifiers that ignore ended sessions',
    caughtBy: ['ended sessions'],
    patches: [
      {
        file: 'packages/auth/src/token-verification.ts',
        find: 'throw new InvalidToken(sessionEnded);',
        replace: 'void sessionEnded;',
      },
    ],
  },
  {
    name: 'no trigger that counts',
    caughtBy: ['counters'],
    patches: [],
    sql: { task: 'DROP TRIGGER tasks_count_changed ON tasks' },
  },
  {
    name: 'no event with an update',
    caughtBy: ['changes'],
    patches: [],
    sql: { task: 'DROP TRIGGER tasks_log_updated ON tasks' },
  },
  {
    name: 'changes that are read before older ones are committed',
    caughtBy: ['changes'],
    faults: ['SIGSTOP', 'slow connections'],
    targets: ['task-1', 'task-2', 'task-database'],
    patches: [
      {
        file: 'packages/events/src/event-log.ts',
        find: "const settled = 'pg_snapshot_xmin(pg_current_snapshot())",
        replace: "const settled = 'pg_snapshot_xmax(pg_current_snapshot())",
      },
    ],
  },
  {
    name: 'a key that nothing keeps unique',
    caughtBy: ['one effect', 'replays'],
    focus: 'keys',
    patches: [
      {
        file: 'packages/idempotency/src/key-sql.ts',
        find: 'pg_try_advisory_xact_lock($4::bigint)',
        replace: '$4::bigint IS NOT NULL',
      },
    ],
    sql: { task: 'ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_pkey' },
  },
  {
    name: 'a replay without Location',
    caughtBy: ['replays'],
    focus: 'keys',
    patches: [
      {
        file: 'packages/idempotency/src/key-sql.ts',
        find: '(location !== null && { location })',
        replace: '(location !== null && !replayed && { location })',
      },
    ],
  },
  {
    name: 'a key that is kept before its effect is there',
    caughtBy: ['edits', 'acknowledged writes'],
    faults: ['cut connections'],
    targets: ['task-database'],
    patches: [
      {
        file: 'packages/idempotency/src/answer-once.ts',
        find: 'lastAnswer(outcome) : await answers.keep(keyed, outcome);',
        replace: `lastAnswer(outcome) : await store.answers.keep(keyed, outcome);
      await new Promise((later) => setTimeout(later, 100));`,
      },
    ],
  },
  {
    name: 'a key that is kept after its effect is there',
    caughtBy: ['one effect'],
    focus: 'keys',
    patches: [
      {
        file: 'apps/task/src/tasks/task-service.ts',
        find: 'withinQuota(await store.tasks.createOnce(keyed, fields, quota, path)),',
        replace: `{
          const kept = await store.answers.find(keyed);
          if (kept !== undefined) return kept;
          const task = withinQuota(await store.tasks.create(ownerId, fields, quota));
          return store.answers.keep(keyed, toAnswer(task, \`\${path}/\${task.id}\`));
        },`,
      },
    ],
  },
];
