import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { join } from 'node:path';
import { readCommandLine, refuse } from '@tasktracker/command-line';

// As kind's documentation makes it (https://kind.sigs.k8s.io/docs/user/local-registry/).
const usage = `npm run cluster:up
npm run cluster:down

Make and remove a kind cluster on this machine, with a registry at localhost:5001. They take no options.
`;
const root = join(import.meta.dirname, '../..');
const cluster = 'tasktracker';
const registry = { name: 'tasktracker-registry', port: 5001, image: 'registry:2' };

/** A fault that is shown as it is, without a stack. */
class ClusterFault extends Error {}

const {
  positionals: [action, ...rest],
} = readCommandLine(usage, { allowPositionals: true });
try {
  if (rest.length > 0) refuse(`Leave out ${rest.join(' ')}.`, usage);
  if (action === 'up') up();
  else if (action === 'down') down();
  else refuse('Say up or down.', usage);
} catch (error) {
  if (!(error instanceof ClusterFault)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function up(): void {
  if (!succeeds('docker', ['inspect', registry.name])) {
    const port = `127.0.0.1:${registry.port}:5000`;
    run('docker', [
      'run',
      '--detach',
      '--restart',
      'always',
      '--publish',
      port,
      '--name',
      registry.name,
      registry.image,
    ]);
  }
  if (!read('kind', ['get', 'clusters']).split('\n').includes(cluster)) {
    run('kind', ['create', 'cluster', '--config', 'k8s/kind.yaml', '--wait', '120s']);
  }
  const folder = `/etc/containerd/certs.d/localhost:${registry.port}`;
  const hosts = `[host."http://${registry.name}:5000"]`;
  for (const node of read('kind', ['get', 'nodes', '--name', cluster]).trim().split('\n')) {
    const script = 'mkdir -p "$1" && printf "%s\\n" "$2" > "$1/hosts.toml"';
    run('docker', ['exec', node, 'sh', '-c', script, 'sh', folder, hosts]);
  }
  const networks = read('docker', ['inspect', '--format', '{{json .NetworkSettings.Networks}}', registry.name]);
  if (!('kind' in JSON.parse(networks))) run('docker', ['network', 'connect', 'kind', registry.name]);
  kubectl(['apply', '--filename', 'k8s/local-registry.yaml']);
  console.log(`The context kind-${cluster} is there; images go to localhost:${registry.port}. Next: skaffold dev`);
}

function down(): void {
  run('kind', ['delete', 'cluster', '--name', cluster]);
  if (succeeds('docker', ['inspect', registry.name])) run('docker', ['rm', '--force', '--volumes', registry.name]);
}

function kubectl(args: readonly string[]): void {
  run('kubectl', ['--context', `kind-${cluster}`, ...args]);
}

function run(program: string, args: readonly string[]): void {
  check(program, spawnSync(program, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }));
}

function read(program: string, args: readonly string[]): string {
  const ended = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  check(program, ended);
  return ended.stdout;
}

function succeeds(program: string, args: readonly string[]): boolean {
  const { error, status } = spawnSync(program, args, { stdio: 'ignore' });
  if (error) throw notThere(program);
  return status === 0;
}

/** The program itself has said by then what went wrong. */
function check(program: string, { error, status }: Pick<SpawnSyncReturns<unknown>, 'error' | 'status'>): void {
  if (error) throw notThere(program);
  if (status !== 0) throw new ClusterFault(`${program} failed with code ${status}; fix that and run this again.`);
}

function notThere(program: string): ClusterFault {
  return new ClusterFault(`There is no ${program} on the PATH: a local cluster needs docker, kind and kubectl.`);
}
