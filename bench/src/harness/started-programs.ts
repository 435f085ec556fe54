import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireProgram } from './debian-programs.ts';
import { startPinned, type PinnedCommand, type PinnedProcess } from './pinned-process.ts';
import { openTemporaryFolder } from './temporary-folder.ts';

/** A program that was started, and the port on which it answers. */
export interface Started {
  readonly port: number;
  readonly process: PinnedProcess;
}

interface NginxOptions {
  readonly name: string;
  readonly port: number;
  readonly isMeasured: boolean;
  /** Its configuration, with a folder of its own for what it writes. */
  readonly toConfig: (folder: string) => string;
}

interface NodeOptions {
  readonly name: string;
  readonly entry: string;
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
}

/** What a benchmark starts, with a temporary folder for what all that writes. */
export class StartedPrograms {
  readonly #folder = openTemporaryFolder('bench');
  readonly #started: PinnedProcess[] = [];

  get folder(): string {
    return this.#folder.path;
  }

  async nginx({ name, port, isMeasured, toConfig }: NginxOptions): Promise<Started> {
    const folder = join(this.folder, name);
    mkdirSync(folder);
    const file = join(folder, 'nginx.conf');
    writeFileSync(file, toConfig(folder));
    const command = requireProgram('nginx', 'nginx-light');
    return this.start(name, { command, args: ['-c', file], port, isMeasured });
  }

  /** A measured program of Node's. */
  async node({ name, entry, port, env }: NodeOptions): Promise<Started> {
    const all = { HOST: '127.0.0.1', PORT: String(port), ...env };
    return this.start(name, { command: process.execPath, args: [entry], env: all, port, isMeasured: true });
  }

  /** Ends them and removes the folder. */
  async stop(): Promise<void> {
    await Promise.all(this.#started.map((each) => each.stop()));
    this.#folder.remove();
  }

  /** Any other program; what it prints goes to a file in the folder. */
  async start(name: string, command: PinnedCommand): Promise<Started> {
    const output = openSync(join(this.folder, `${name}.log`), 'a');
    const pinned = await startPinned({ ...command, output });
    this.#started.push(pinned);
    return { port: command.port, process: pinned };
  }
}
