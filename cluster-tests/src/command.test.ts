import { afterEach, describe, expect, it, vi } from 'vitest';
import { succeed } from './command.ts';

afterEach(() => vi.unstubAllEnvs());

describe('a command of the suite', () => {
  it('gets nothing from the environment that would lead helm or kubectl elsewhere, only what the suite itself sets', async () => {
    for (const name of ['KUBECONFIG', 'HELM_KUBECONTEXT', 'HELM_KUBETOKEN', 'HELM_NAMESPACE', 'HELM_DRIVER']) {
      vi.stubEnv(name, 'elsewhere');
    }
    vi.stubEnv('HELM_CACHE_HOME', 'kept');
    const program = 'console.log(JSON.stringify(process.env))';
    const seen: Record<string, string> = JSON.parse(
      await succeed(process.execPath, ['-e', program], { env: { KUBECONFIG: 'ours' } }),
    );
    expect(Object.entries(seen).filter(([name]) => /^(KUBE|HELM_)/.test(name))).toEqual(
      expect.arrayContaining([
        ['KUBECONFIG', 'ours'],
        ['HELM_CACHE_HOME', 'kept'],
      ]),
    );
    expect(Object.values(seen)).not.toContain('elsewhere');
  });
});
