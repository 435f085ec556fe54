import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireProgram } from './debian-programs.ts';
import { outputOf } from './output-of.ts';
import { openTemporaryFolder } from './temporary-folder.ts';
import { toLua, type NumberedRequest } from './numbered-request.ts';

export interface WrkLoad {
  readonly url: string;
  /** What is sent to this origin; by default a GET of the whole `url`, which costs wrk less. */
  readonly request?: NumberedRequest;
  readonly headers?: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
}

interface WrkResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
}

/** As many requests as are answered, over so many connections that stay open. Throws if one was not answered 2xx or 3xx. */
export async function runWrk({ url, request, headers = {}, connections, seconds }: WrkLoad): Promise<WrkResult> {
  const lines = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', ...lines];
  const output = await (request === undefined ? wrk([...args, url]) : withScript(toLua(request), args, url));
  const complaint = /Non-2xx.*|Socket errors.*/.exec(output)?.[0];
  if (complaint !== undefined) throw new Error(`${url}: ${complaint}`);
  return {
    requests: numberIn(output, /(\d+) requests in/),
    requestsPerSecond: numberIn(output, /Requests\/sec: +([\d.]+)/),
  };
}

const wrk = (args: readonly string[]): Promise<string> => outputOf(requireProgram('wrk', 'wrk'), args);

/** wrk knows other methods than GET, and requests that differ, only from a file in Lua. */
async function withScript(script: string, args: readonly string[], url: string): Promise<string> {
  const folder = openTemporaryFolder('bench-wrk');
  try {
    const file = join(folder.path, 'request.lua');
    writeFileSync(file, script);
    return await wrk([...args, '-s', file, url]);
  } finally {
    folder.remove();
  }
}

function numberIn(output: string, pattern: RegExp): number {
  const found = pattern.exec(output)?.[1];
  if (found === undefined) throw new Error(`wrk said something else:\n${output}`);
  return Number(found);
}
