import { parseArgs, type ParseArgsConfig } from 'node:util';

type Parsed<T extends ParseArgsConfig> = ReturnType<typeof parseArgs<T>>;

/**
 * The arguments of a script, as `parseArgs` reads them. `--help` prints the usage and ends the process with 0; what is not in
 * it is named in one sentence, and the process ends with 2.
 */
export function readCommandLine<const T extends ParseArgsConfig>(usage: string, config: T): Parsed<T> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(usage);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    return refuse(faultOf(error), usage);
  }
}

/** Says what is wrong with a command line, how it is meant, and ends the process with 2. */
export function refuse(fault: string, usage: string): never {
  process.stderr.write(`${fault}\n\n${usage}`);
  process.exit(2);
}

/** The first sentence: what follows is about positional arguments that start with dashes. */
function faultOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `${message.replace(/\. .*$/s, '').replace(/\.$/, '')}.`;
}
