import { ConfigError } from '@tasktracker/config';
import { eventsUsage, parseEventsCommand, runEventsCommand } from '@tasktracker/events';
import { createPool, withTls, wordsForOperator } from '@tasktracker/postgres';
import { createAccountHandlers } from './accounts/account-events.ts';
import { parseAdminConfig } from './config.ts';
import { createTaskStore, taskSessionSettings } from './tasks/task-store.ts';

const exitCodes = { done: 0, failed: 1, usage: 2 };

/** The operator's command: `events list|retry|drop`. Gives the exit code. */
async function run([topic, ...args]: readonly string[]): Promise<number> {
  const command = topic === 'events' ? parseEventsCommand(args) : undefined;
  if (command === undefined) {
    process.stderr.write(`${eventsUsage}\n`);
    return exitCodes.usage;
  }
  const { databaseUrl, databaseTls, databaseCaFile } = parseAdminConfig(process.env);
  const pool = createPool({
    connectionString: withTls(databaseUrl, { tls: databaseTls, caFile: databaseCaFile }),
    max: 1,
    applicationName: 'task-admin',
    settings: taskSessionSettings,
    log: { warn: () => undefined },
  });
  try {
    const store = createTaskStore(pool);
    const { lines, isDone } = await runEventsCommand(command, { store, handlers: createAccountHandlers(store) });
    process.stdout.write(`${lines.join('\n')}\n`);
    return isDone ? exitCodes.done : exitCodes.failed;
  } finally {
    await pool.end();
  }
}

function wordsFor(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  return wordsForOperator(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${wordsFor(error)}\n`);
  process.exitCode = exitCodes.failed;
}
