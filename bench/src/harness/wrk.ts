import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { requireProgram } from './debian-programs.ts';

const run = promisify(execFile);

interface WrkLoad {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
}

interface WrkResult {
  readonly requests: number;
  readonly requestsPerSecond: number;
}

/** As many requests as are answered, over so many connections that stay open. Throws if one was not answered 2xx or 3xx. */
export async function runWrk({ url, headers, connections, seconds }: WrkLoad): Promise<WrkResult> {
  const lines = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', ...lines, url];
  const { stdout } = await run(requireProgram('wrk', 'wrk'), args);
  const complaint = /Non-2xx.*|Socket errors.*/.exec(stdout)?.[0];
  if (complaint !== undefined) throw new Error(`${url}: ${complaint}`);
  return {
    requests: numberIn(stdout, /(\d+) requests in/),
    requestsPerSecond: numberIn(stdout, /Requests\/sec: +([\d.]+)/),
  };
}

function numberIn(output: string, pattern: RegExp): number {
  const found = pattern.exec(output)?.[1];
  if (found === undefined) throw new Error(`wrk said something else:\n${output}`);
  return Number(found);
}
