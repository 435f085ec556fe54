import { succeed, runCommand, type CommandResult } from './command.ts';

export type Values = { readonly [key: string]: unknown };

/** helm on one cluster and one namespace. */
export interface Helm {
  readonly install: (release: string, values: Values, withinSeconds: number) => Promise<string>;
  readonly installOrUpgrade: (release: string, values: Values, withinSeconds: number) => Promise<string>;
  readonly upgrade: (release: string, values: Values, withinSeconds: number) => Promise<string>;
  /** Like `upgrade`, but returns a failure instead of throwing. */
  readonly tryUpgrade: (release: string, values: Values, withinSeconds: number) => Promise<CommandResult>;
  readonly rollback: (release: string, revision: number, withinSeconds: number) => Promise<string>;
  readonly uninstall: (release: string, withinSeconds: number) => Promise<string>;
  /** Like `uninstall`, but there may be nothing to uninstall. */
  readonly uninstallIfThere: (release: string, withinSeconds: number) => Promise<string>;
  readonly test: (release: string, withinSeconds: number) => Promise<CommandResult>;
  readonly manifest: (release: string) => Promise<string>;
  readonly notes: (release: string) => Promise<string>;
  /** Rendered with the cluster's capabilities and objects. */
  readonly template: (release: string, args: readonly string[]) => Promise<string>;
  readonly lastRevision: (release: string) => Promise<number>;
}

/** `kubeconfig` knows one context; each call names it again. */
export function createHelm(chart: string, context: string, kubeconfig: string, namespace: string): Helm {
  const env = { KUBECONFIG: kubeconfig };
  const where = ['--kube-context', context, '--namespace', namespace];
  const run = (args: readonly string[], input = ''): Promise<string> =>
    succeed('helm', [...args, ...where], { env, input });
  const upgrade = (release: string, seconds: number): string[] => [
    'upgrade',
    release,
    chart,
    '--values',
    '-',
    ...wait(seconds),
  ];
  return {
    install: (release, values, seconds) =>
      run(['install', release, chart, '--values', '-', ...wait(seconds)], JSON.stringify(values)),
    installOrUpgrade: (release, values, seconds) =>
      run([...upgrade(release, seconds), '--install'], JSON.stringify(values)),
    upgrade: (release, values, seconds) => run(upgrade(release, seconds), JSON.stringify(values)),
    tryUpgrade: (release, values, seconds) =>
      runCommand('helm', [...upgrade(release, seconds), ...where], { env, input: JSON.stringify(values) }),
    rollback: (release, revision, seconds) => run(['rollback', release, String(revision), ...wait(seconds)]),
    uninstall: (release, seconds) => run(['uninstall', release, ...wait(seconds)]),
    uninstallIfThere: (release, seconds) => run(['uninstall', release, '--ignore-not-found', ...wait(seconds)]),
    test: (release, seconds) => runCommand('helm', ['test', release, '--timeout', `${seconds}s`, ...where], { env }),
    manifest: (release) => run(['get', 'manifest', release]),
    notes: (release) => run(['get', 'notes', release]),
    template: (release, args) => run(['template', release, chart, '--validate', '--skip-tests', ...args]),
    lastRevision: async (release) => {
      const history: { revision: number }[] = JSON.parse(await run(['history', release, '--output', 'json']));
      return Math.max(...history.map(({ revision }) => revision));
    },
  };
}

function wait(seconds: number): string[] {
  return ['--wait', '--timeout', `${seconds}s`];
}
