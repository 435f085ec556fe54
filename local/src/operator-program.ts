import { parseCommandLine } from './command-line.ts';
import { runOperatorCommand } from './operator-command.ts';
import { StartError } from './start-error.ts';

interface OperatorProgram {
  /** Whose command it is: `npm run SERVICE`. */
  readonly service: 'task' | 'user';
  readonly help: string;
  /** Whether the service's command takes these words; otherwise the help is shown. Throws StartError for words that nothing is. */
  readonly takes: (words: readonly string[]) => boolean;
}

/** An operator's command of a service, on the database of the running local stack; its exit code becomes that of the process. */
export function runOperatorProgram(program: OperatorProgram): void {
  try {
    process.exitCode = run(program, process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}

function run({ service, help, takes }: OperatorProgram, args: string[]): number {
  const options = { 'data-dir': { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } } as const;
  const config = { args, options, allowPositionals: true } as const;
  const { values, positionals } = parseCommandLine(`npm run ${service}`, config, { 'data-dir': 'a folder' });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  if (!takes(positionals)) {
    process.stderr.write(help);
    return 1;
  }
  return runOperatorCommand(service, positionals, values['data-dir']);
}
