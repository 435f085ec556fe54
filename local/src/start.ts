// `npm start`: runs the whole system until it is told to stop. Exit code 0 after a drain, 1 for a start that failed.
import { explainFullDisk } from './data-dir/full-disk.ts';
import { unwritable } from './data-dir/data-dir.ts';
import { toOwnEnvironment } from './own-environment.ts';
import { createStack } from './stack/stack.ts';
import { StartError } from './start-error.ts';
import { callerDir, parseStartOptions, startHelp, type StartOptions } from './start-options.ts';
import { onStopRequest } from './processes/stop-signals.ts';
import { summaryLines, whereDataStays } from './terminal/summary.ts';
import { createTerminal } from './terminal/terminal.ts';

const terminal = createTerminal(process.stdout, process.env);

try {
  const options = parseStartOptions(process.argv.slice(2), callerDir(process.env), process.env);
  if (options === 'help') process.stdout.write(startHelp);
  else await run(options);
} catch (error) {
  fail(error);
}

async function run(options: StartOptions): Promise<void> {
  const stack = createStack({ ...options, ownEnv: toOwnEnvironment(process.env, options.databaseUrl), terminal });
  let stopped = false;
  const onStop = async (): Promise<void> => {
    stopped = true;
    const startedAt = performance.now();
    terminal.say(`\n${terminal.style('bold', 'Stopping')} ${terminal.style('dim', '(once more ends it at once)')}`);
    await stack.stop();
    terminal.say(`Stopped in ${Math.round(performance.now() - startedAt)} ms. ${whereDataStays(options)}`);
    process.exit(0);
  };
  const onSecond = async (): Promise<void> => {
    terminal.say('\nEnded at once.');
    await stack.kill();
    process.exit(1);
  };
  onStopRequest({ onStop: () => void onStop().catch(fail), onSecond: () => void onSecond().catch(fail) }, process.env);
  try {
    const listening = await stack.start();
    for (const line of summaryLines(terminal, listening, options, performance.now())) terminal.say(line);
  } catch (error) {
    // A start that is being stopped may fail in any way.
    if (stopped) return;
    // Checked now: stopping may release room.
    const fault = explainFullDisk(options.dataDir, error) ?? unwritable(options.dataDir, error);
    await stack.stop({ quiet: true });
    throw fault;
  }
}

/** A fault that the person can put right is one sentence; anything else is our fault and keeps its stack. */
function fail(error: unknown): never {
  const forPerson =
    error instanceof StartError ||
    (error instanceof Error && ['EmbeddedPostgresError', 'ProvisionError', 'DatabaseTlsError'].includes(error.name));
  const words = forPerson ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`${terminal.style('red', words)}\n`);
  process.exit(1);
}
