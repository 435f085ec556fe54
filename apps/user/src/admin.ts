import { ConfigError } from '@tasktracker/config';
import { withTls, wordsForOperator } from '@tasktracker/postgres';
import { createLogger, type SecurityEvent } from '@tasktracker/service-kit';
import { AccountChangedMeanwhile, createAccountAdministration } from './profile/account-administration.ts';
import {
  AdminFault,
  parseAdminCommand,
  runAdminCommand,
  usage,
  UsageFault,
  type AdminCommand,
} from './admin-command.ts';
import { systemClock } from './clock.ts';
import { parseAdminConfig } from './config.ts';
import { openStore } from './deps.ts';
import { createPasswordHasher } from './passwords/password-hasher.ts';
import { NoPasswordRead, readNewPassword } from './read-new-password.ts';

const exitCodes = { done: 0, failed: 1, usage: 2 };

async function run(command: AdminCommand): Promise<void> {
  const { databaseUrl, databaseTls, databaseCaFile, passwordMinLength } = parseAdminConfig(process.env);
  const log = { warn: () => undefined };
  const { store, close } = openStore({
    connectionString: withTls(databaseUrl, { tls: databaseTls, caFile: databaseCaFile }),
    max: 1,
    applicationName: 'user-admin',
    log,
  });
  try {
    const hasher = await createPasswordHasher();
    const administration = createAccountAdministration({ store, hasher, clock: systemClock, note: noteOnStderr });
    const sentence = await runAdminCommand(command, {
      administration,
      passwordMinLength,
      readPassword: readNewPassword,
    });
    process.stdout.write(`${sentence}\n`);
  } finally {
    await close();
  }
}

/** For log collectors; a person at a terminal reads the sentence instead. */
function noteOnStderr(event: SecurityEvent, accountId: bigint): void {
  if (process.stderr.isTTY) return;
  const log = createLogger('user-admin', 'info', process.stderr);
  log.info({ event, operation: 'admin', account_id: accountId.toString() }, 'security event');
}

function wordsFor(error: unknown): string {
  const known = [AdminFault, ConfigError, NoPasswordRead, AccountChangedMeanwhile];
  if (known.some((kind) => error instanceof kind) && error instanceof Error) return error.message;
  if (error instanceof UsageFault) return `${error.message}\n\n${usage}`;
  return wordsForOperator(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
}

try {
  await run(parseAdminCommand(process.argv.slice(2)));
  process.exitCode = exitCodes.done;
} catch (error) {
  process.stderr.write(`${wordsFor(error)}\n`);
  process.exitCode = error instanceof UsageFault ? exitCodes.usage : exitCodes.failed;
}
