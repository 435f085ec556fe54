// How a script of the workspace reads its arguments and reports what is wrong with them. Depends on nothing.
import { parseArgs, type ParseArgsConfig } from 'node:util';

type Parsed<T extends ParseArgsConfig> = ReturnType<typeof parseArgs<T>>;

/**
 * The arguments of a script, as `parseArgs` reads them. `--help` prints the usage and ends the process with 0; what the
 * usage does not have is named in one sentence, and the process ends with 2.
 */
export function readCommandLine<const T extends ParseArgsConfig>(usage: string, config: T): Parsed<T> {
  answerHelp(usage);
  try {
    return parseArgs(config);
  } catch (error) {
    return refuse(describeFault(error), usage);
  }
}

/** Prints the usage and ends the process if `--help` comes before any `--`. */
export function answerHelp(usage: string): void {
  const given = process.argv.slice(2);
  const own = given.includes('--') ? given.slice(0, given.indexOf('--')) : given;
  if (!own.includes('--help') && !own.includes('-h')) return;
  process.stdout.write(usage);
  process.exit(0);
}

/** An option's whole number, 1 or more; any other text is refused. */
export function readCount(option: string, text: string, usage: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  return refuse(`--${option} takes a whole number, 1 or more.`, usage);
}

/** Says what is wrong with a command line and how to use it, and ends the process with 2. */
export function refuse(fault: string, usage: string): never {
  process.stderr.write(`${fault}\n\n${usage}`);
  process.exit(2);
}

/** Says why nothing could be done, and ends the process with 1. */
export function giveUp(reason: string): never {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}

/**
 * What `parseArgs` found wrong, in one sentence; `needs` says of an option what its value is, such as `a number`. Errors that
 * are not of `parseArgs` are thrown again.
 */
export function describeFault(error: unknown, needs: Readonly<Record<string, string>> = {}): string {
  if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('ERR_PARSE_ARGS')) throw error;
  const { message } = error;
  const option = /^Option '(?:-\w, )?--([\w-]+)/.exec(message)?.[1];
  if (option === undefined) {
    // Its first sentence alone: advice on `--` follows, which nobody needs here.
    return `${message.replace(/\.\s.*$/s, '').replace(/\.$/, '')}.`;
  }
  if (/does not take an argument/.test(message)) return `--${option} takes no value.`;
  return `--${option} needs ${needs[option] ?? 'a value'}.`;
}
