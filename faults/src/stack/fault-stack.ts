import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gateway, services } from '@tasktracker/contracts/services';
import { openFaultProxy, type FaultProxy } from '../proxy/fault-proxy.ts';
import { writtenOverHttp, writtenToPostgres } from '../proxy/written-answers.ts';
import { startDatabaseServer, type DatabaseServer } from './database-server.ts';
import { findFreePorts } from './free-ports.ts';
import { prepareDatabases } from './prepare-databases.ts';
import { startReplica, type Replica } from './replica.ts';
import { canMountDisk, mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { toReplicaEnvironment } from './replica-environment.ts';

/** The whole system with two processes of each service, and something breakable on every way between them. */
export interface FaultStack {
  /** Of the gateways' balancer. */
  readonly url: string;
  readonly postgres: DatabaseServer;
  /** Undefined where none can be mounted. */
  readonly disk: SmallDisk | undefined;
  readonly replicas: readonly Replica[];
  /** By what is behind it: `gateway`, a service, or a service's database as `task-database`. */
  readonly proxies: ReadonlyMap<string, FaultProxy>;
  /** Resolves when every replica is ready. */
  ready(withinMs: number): Promise<void>;
  /** Where its logs are; removed by `stop` unless they are to be kept. */
  readonly folder: string;
  stop(how?: { readonly keepLogs?: boolean }): Promise<void>;
}

export interface FaultStackOptions {
  /** URLs of modules that each service loads first. */
  readonly preloads?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Run on the migrated databases, by service. */
  readonly sql?: Readonly<Record<string, string>>;
  readonly onMessage?: (message: unknown) => void;
}

const replicasOfEach = 2;
const startMs = 60_000;
const apps = [gateway.name, ...services.map(({ name }) => name)];
const shiftClock = new URL('shift-clock.ts', import.meta.url).href;

export async function startFaultStack(options: FaultStackOptions = {}): Promise<FaultStack> {
  const folder = mkdtempSync(join(tmpdir(), 'tasktracker-faults-'));
  chmodSync(folder, 0o755);
  const place = join(folder, 'postgres');
  mkdirSync(place);
  const disk = canMountDisk() ? mountSmallDisk(place) : undefined;
  const keyFile = join(folder, 'key-encryption-key');
  writeFileSync(keyFile, randomBytes(32).toString('base64'), { mode: 0o600 });
  const postgres = await startDatabaseServer(place);
  const databaseUrls = await prepareDatabases(postgres.adminUrl, join(folder, 'migrate.log'), options.sql ?? {});

  const ports = await findFreePorts(apps.length * replicasOfEach);
  const replicas: Replica[] = [];
  const proxies = new Map<string, FaultProxy>();
  for (const app of apps) {
    const targets = (): number[] =>
      replicas.flatMap((replica) => (replica.app === app && replica.isServing ? [replica.port] : []));
    proxies.set(app, await openFaultProxy({ targets, readsAnswers: writtenOverHttp }));
  }
  for (const service of databaseUrls.keys()) {
    const targets = (): number[] => [postgres.port];
    proxies.set(`${service}-database`, await openFaultProxy({ targets, readsAnswers: writtenToPostgres }));
  }
  for (const app of apps) {
    for (let number = 1; number <= replicasOfEach; number += 1) {
      const port = ports[replicas.length] ?? 0;
      const env = toReplicaEnvironment(app, port, { proxies, databaseUrls, keyFile, env: options.env ?? {} });
      const name = `${app}-${number}`;
      const preloads = [shiftClock, ...(options.preloads ?? [])];
      const { onMessage } = options;
      const logFile = join(folder, `${name}.log`);
      replicas.push(startReplica({ name, app, port, env, preloads, logFile, ...(onMessage && { onMessage }) }));
    }
  }
  const ready = async (withinMs: number): Promise<void> =>
    void (await Promise.all(replicas.map((replica) => replica.ready(withinMs))));
  const stop = async ({ keepLogs = false } = {}): Promise<void> => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await Promise.all([...proxies.values()].map((proxy) => proxy.close()));
    await postgres.stop();
    disk?.unmount();
    if (!keepLogs) rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready(startMs);
  } catch (error) {
    await stop({ keepLogs: true });
    throw error;
  }
  const url = `http://127.0.0.1:${proxies.get(gateway.name)?.port}`;
  return { url, postgres, disk, replicas, proxies, ready, folder, stop };
}
