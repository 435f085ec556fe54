// `npm run task`: the task service's operator command, on the database of the running local stack.
import { parseCommandLine } from './command-line.ts';
import { runOperatorCommand } from './operator-command.ts';
import { StartError } from './start-error.ts';

const help = `Usage: npm run task -- events list|retry|drop [SUBJECT] [--data-dir DIR]

  events list             shows the events that could not be handled
  events retry [SUBJECT]  handles those about SUBJECT again, or all
  events drop SUBJECT     forgets those about SUBJECT

SUBJECT is what an event is about, such as accounts/17. The stack must be
running: \`npm start\`.
  --data-dir DIR   the data folder of the stack (default .tasktracker)
`;

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function run(args: string[]): number {
  const options = { 'data-dir': { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } } as const;
  const config = { args, options, allowPositionals: true } as const;
  const { values, positionals } = parseCommandLine('npm run task', config, { 'data-dir': 'a folder' });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (positionals.length === 0) {
    process.stderr.write(help);
    return 1;
  }
  return runOperatorCommand('task', positionals, values['data-dir']);
}
