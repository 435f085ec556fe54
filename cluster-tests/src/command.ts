import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  readonly withinMs?: number;
}

/** Variables that would lead helm or kubectl to another cluster, namespace or store than the suite's. */
const steering = /^(KUBECONFIG$|HELM_(KUBE|NAMESPACE$|DRIVER))/;

/** The caller's environment without what steers helm and kubectl. */
export function ownEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !steering.test(name)));
}

/** Runs a program to its end and returns what it said, whatever its exit code. */
export function runCommand(
  program: string,
  args: readonly string[],
  { env = {}, cwd, input = '', withinMs = 300_000 }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...ownEnvironment(), ...env },
      stdio: 'pipe',
      timeout: withinMs,
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (signal) output.stderr += `\n${program} ended by ${signal}`;
      resolve({ code: code ?? 1, ...output });
    });
    child.stdin.on('error', () => undefined); // a program may end without reading its input
    child.stdin.end(input);
  });
}

/** Runs a program that must succeed; throws with the last of its output. */
export async function succeed(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await runCommand(program, args, options);
  if (code === 0) return stdout;
  const said = `${stdout}\n${stderr}`.trim().slice(-4_000);
  throw new Error(`${[program, ...args].join(' ')} ended with ${code}:\n${said}`);
}
