import { parseArgs, type ParseArgsConfig } from 'node:util';
import { isErrno, StartError } from './start-error.ts';

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
    if (!isErrno(error) || !error.code.startsWith('ERR_PARSE_ARGS')) throw error;
    throw new StartError(`${toSentence(error.message, needs)} \`${command} -- --help\` lists the options.`);
  }
}

function toSentence(message: string, needs: Readonly<Record<string, string>>): string {
  const name = /^Option '(?:-\w, )?--([\w-]+)/.exec(message)?.[1];
  const need = name === undefined ? undefined : needs[name];
  if (name !== undefined && need !== undefined) return `--${name} needs ${need}.`;
  if (name !== undefined) return `--${name} takes no value.`;
  // After its first sentence parseArgs gives advice on `--` that nobody needs here.
  const end = message.search(/\.\s|\n/);
  return `${(end === -1 ? message : message.slice(0, end)).replace(/\.$/, '')}.`;
}
