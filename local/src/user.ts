// `npm run user`: the user service's operator command, on the database of the running local stack.
import { parseCommandLine } from './command-line.ts';
import { runOperatorCommand } from './operator-command.ts';
import { StartError } from './start-error.ts';

const help = `Usage: npm run user -- disable|enable|set-password NAME [--data-dir DIR]

  disable        NAME may not sign in any more and is signed out everywhere
  enable         NAME may sign in again
  set-password   asks for a new password, or takes it from standard input, and
                 signs NAME out everywhere

NAME is a username or an e-mail address. The stack must be running: \`npm start\`.
  --data-dir DIR   the data folder of the stack (default .tasktracker)
`;

const actions = ['disable', 'enable', 'set-password'];
const listsThem = '`npm run user -- --help` says what each does.';

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

function run(args: string[]): number {
  const { values, positionals } = parseOptions(args);
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const [action = '', ...names] = positionals;
  if (positionals.length > 0 && !actions.includes(action)) {
    throw new StartError(`There is no command ${action}: use one of ${actions.join(', ')}. ${listsThem}`);
  }
  if (names.length !== 1) {
    process.stderr.write(help);
    return 1;
  }
  return runOperatorCommand('user', positionals, values['data-dir']);
}

function parseOptions(args: string[]) {
  const options = { 'data-dir': { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } } as const;
  return parseCommandLine('npm run user', { args, options, allowPositionals: true }, { 'data-dir': 'a folder' });
}
