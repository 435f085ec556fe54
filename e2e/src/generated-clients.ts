import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonTools, ToolMissing } from './python-tools.ts';

/** The whole API's document, as it is committed. */
const apiDocument = join(import.meta.dirname, '../../apps/gateway/openapi.json');

const goGenerator = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2';
const pythonGenerator = ['datamodel-code-generator==0.89.0', 'pydantic[email]==2.14.4'];

/**
 * Generates a client (Go) and the types (Python) from the committed document, and compiles or imports them. (The TypeScript
 * client is committed, `packages/api-client`.) Throws ToolMissing where the language is missing, Error for one that is broken.
 */
export const generatedClients: Readonly<Record<'Go' | 'Python', () => void>> = {
  Go: () =>
    inNewFolder((folder) => {
      if (spawnSync('go', ['version']).status !== 0) throw new ToolMissing('go is not installed');
      const go = (...args: string[]): SpawnSyncReturns<string> =>
        spawnSync('go', args, { cwd: folder, encoding: 'utf8' });
      writeFileSync(join(folder, 'go.mod'), 'module example.com/tasktracker\n\ngo 1.24\n');
      const fetched = go('run', goGenerator, '--version');
      if (fetched.status !== 0) throw new ToolMissing(`${goGenerator} cannot be fetched`);
      expectSuccess(
        go('run', goGenerator, '-generate', 'types,client', '-package', 'tasktracker', '-o', 'client.go', apiDocument),
      );
      if (go('mod', 'tidy').status !== 0)
        throw new ToolMissing('the Go modules that the client uses cannot be fetched');
      expectSuccess(go('vet', './...'));
    }),
  Python: () =>
    inNewFolder((folder) => {
      const commands = pythonTools(pythonGenerator);
      const output = ['--output', 'tasktracker.py', '--output-model-type', 'pydantic_v2.BaseModel'];
      const run = (name: string, ...args: string[]): SpawnSyncReturns<string> =>
        spawnSync(join(commands, name), args, { cwd: folder, encoding: 'utf8' });
      expectSuccess(run('datamodel-codegen', '--input', apiDocument, '--input-file-type', 'openapi', ...output));
      expectSuccess(run('python', '-c', 'from tasktracker import User, Task, Problem'));
    }),
};

function inNewFolder(work: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'tasktracker-client-'));
  try {
    work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function expectSuccess({ status, stdout, stderr }: SpawnSyncReturns<string>): void {
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
}
