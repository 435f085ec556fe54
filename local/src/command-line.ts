import { parseArgs, type ParseArgsConfig } from 'node:util';
import { describeFault } from '@tasktracker/command-line';
import { StartError } from './start-error.ts';

/**
 * `parseArgs` with each fault in one sentence of ours. `command` is what a person types; `needs` says for an option
 * what its value is, such as `a number`.
 */
export function parseCommandLine<T extends ParseArgsConfig>(
  command: string,
  config: T,
  needs: Readonly<Record<string, string>>,
): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new StartError(`${describeFault(error, needs)} \`${command} -- --help\` lists the options.`);
  }
}
