import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand, type CommandResult } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'cluster-suite-'));
const kubeconfig = join(folder, 'kubeconfig');
const known = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'u', user: { token: 't' } }],
  contexts: [{ name: 'somebody-elses', context: { cluster: 'c', user: 'u' } }],
  'current-context': 'somebody-elses',
};
writeFileSync(kubeconfig, JSON.stringify(known));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function suite(context: string): Promise<CommandResult> {
  const env = { TASKTRACKER_TEST_CONTEXT: context, KUBECONFIG: kubeconfig };
  return runCommand(process.execPath, [join(import.meta.dirname, 'run-cluster-tests.ts')], { env });
}

describe('the cluster suite', () => {
  it('says in one line that it was skipped when no context is named, whatever the current one is', async () => {
    const { code, stdout } = await suite('');
    expect(stdout).toMatch(/^Cluster suite skipped, [^\n]+: 0 passed, 0 failed, \d{2} skipped\n$/);
    expect(code).toBe(0);
  });

  it('uses no context other than the one that is named', async () => {
    const { code, stderr } = await suite('mine');
    expect(stderr).toBe('Cluster suite: no context "mine" in the kubeconfig; there are: somebody-elses\n');
    expect(code).toBe(1);
  });
});
