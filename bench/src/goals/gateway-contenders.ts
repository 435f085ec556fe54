import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTokenIssuer, startKeySource } from '@tasktracker/auth/testing';
import { servicesByName } from '@tasktracker/contracts/services';
import { findFreePorts } from '@tasktracker/faults/free-ports';
import { nginxAnswerConfig, nginxProxyConfig } from '../../peers/nginx/nginx-config.ts';
import { StartedPrograms, type Started } from '../harness/started-programs.ts';
import { recordedEnvironment } from '../profile/recorder-client.ts';

/** The gateway and its peers before one service, which gives the answer of a list of twenty tasks and costs next to nothing. */
export interface GatewayContenders {
  readonly path: string;
  /** What every request carries; only the gateway looks at it. */
  readonly headers: Readonly<Record<string, string>>;
  /** The service itself, without a proxy. */
  readonly servicePort: number;
  readonly gateway: Started;
  /** Where the gateway's recorder has its socket (see `recorder-client.ts`). */
  readonly recorders: string;
  /** That of the older tree, if there is one. */
  readonly olderGateway?: Started;
  readonly nginx: Started;
  /** Those that no goal is about, where they were asked for. */
  readonly others?: OtherPrograms;
  stop(): Promise<void>;
}

const path = '/api/v1/tasks?limit=20';
const ownTree = fileURLToPath(new URL('../../../', import.meta.url));
const peers = new URL('../../peers/', import.meta.url);
const entryOf = (peer: string): string => fileURLToPath(new URL(peer, peers));

export interface OtherPrograms {
  readonly stockProxy: Started;
  /** What no gateway in Node can cost less than: the HTTP server alone, with a client behind it, both under Fastify. */
  readonly answer: Started;
  readonly proxy: Started;
  readonly fastifyProxy: Started;
}

interface GatewayContendersOptions {
  /** Another checkout, whose gateway takes part. */
  readonly olderTree?: string | undefined;
  /** The service stands on the core of those before it, and leaves the other one to the load. */
  readonly isServiceMeasured?: boolean;
  /** Without those that no goal is about. */
  readonly isAlone?: boolean;
}

/** Throws if the answers of two differ by a byte of their bodies. */
export async function startGatewayContenders({
  olderTree,
  isServiceMeasured = false,
  isAlone = false,
}: GatewayContendersOptions = {}): Promise<GatewayContenders> {
  const issuer = createTokenIssuer();
  const keySource = await startKeySource([issuer.jwk]);
  const programs = new StartedPrograms();
  const stop = async (): Promise<void> => {
    await programs.stop();
    await keySource.close();
  };
  try {
    const servicePort = await startService(programs, isServiceMeasured);
    const contenders = {
      path,
      headers: { Authorization: `Bearer ${issuer.token({ exp: Math.floor(Date.now() / 1_000) + 86_000 })}` },
      servicePort,
      recorders: programs.folder,
      ...(await startGateways(programs, { servicePort, userServiceUrl: keySource.userServiceUrl, olderTree })),
      nginx: await startNginx(programs, servicePort),
      ...(isAlone ? {} : { others: await startOthers(programs, servicePort) }),
      stop,
    };
    await refuseDifferences(contenders);
    return contenders;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What answers behind the proxies. */
async function startService(programs: StartedPrograms, isMeasured: boolean): Promise<number> {
  const [port = 0] = await findFreePorts(1);
  const answer = answerFileIn(programs);
  writeFileSync(answer, listOfTasks(20));
  const toConfig = (folder: string): string => nginxAnswerConfig({ port, folder, path: '/api/v1/tasks', answer });
  await programs.nginx({ name: 'service', port, isMeasured, toConfig });
  return port;
}

const answerFileIn = ({ folder }: StartedPrograms): string => join(folder, 'answer.json');

async function startGateways(
  programs: StartedPrograms,
  {
    servicePort,
    userServiceUrl,
    olderTree,
  }: { servicePort: number; userServiceUrl: string; olderTree?: string | undefined },
): Promise<Pick<GatewayContenders, 'gateway' | 'olderGateway'>> {
  const { user, task, stats } = servicesByName;
  const service = `http://127.0.0.1:${servicePort}`;
  const env = {
    [user.urlVariable]: userServiceUrl,
    [task.urlVariable]: service,
    [stats.urlVariable]: service,
    // The most that it can be: each request is counted, none refused.
    RATE_LIMIT_READS_PER_MINUTE: '1000000',
    // Does nothing until it is asked.
    ...recordedEnvironment(programs.folder),
  };
  const start = async (name: string, tree: string): Promise<Started> => {
    const [port = 0] = await findFreePorts(1);
    return programs.node({ name, entry: join(tree, 'apps/gateway/src/server.ts'), port, env });
  };
  return {
    gateway: await start('gateway', ownTree),
    ...(olderTree !== undefined && { olderGateway: await start('older-gateway', olderTree) }),
  };
}

async function startNginx(programs: StartedPrograms, upstreamPort: number): Promise<Started> {
  const [port = 0] = await findFreePorts(1);
  const toConfig = (folder: string): string => nginxProxyConfig({ port, upstreamPort, folder });
  return programs.nginx({ name: 'nginx', port, isMeasured: true, toConfig });
}

async function startOthers(programs: StartedPrograms, servicePort: number): Promise<OtherPrograms> {
  const start = async (name: string, peer: string): Promise<Started> => {
    const [port = 0] = await findFreePorts(1);
    const env = { UPSTREAM: `http://127.0.0.1:${servicePort}`, ANSWER: answerFileIn(programs) };
    return programs.node({ name, entry: entryOf(peer), port, env });
  };
  return {
    stockProxy: await start('stock-proxy', 'stock-proxy/server.ts'),
    answer: await start('least-answer', 'minimal-node/answer.ts'),
    proxy: await start('least-proxy', 'minimal-node/proxy.ts'),
    fastifyProxy: await start('least-fastify-proxy', 'minimal-node/fastify-proxy.ts'),
  };
}

async function refuseDifferences(contenders: GatewayContenders): Promise<void> {
  const { gateway, olderGateway = gateway, nginx, others, headers } = contenders;
  const started = [gateway, olderGateway, nginx, ...(others ? Object.values(others) : [])];
  const expected = listOfTasks(20);
  for (const port of [contenders.servicePort, ...started.map((each) => each.port)]) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    const body = await answer.text();
    if (answer.status !== 200 || body !== expected) throw new Error(`port ${port} answered ${answer.status}: ${body}`);
  }
}

/** As the task service answers. */
function listOfTasks(count: number): string {
  const at = '2026-11-28T09:30:00.000Z';
  const tasks = Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    owner_id: 1,
    title: `Task ${index}`,
    description: null,
    status: 'todo',
    priority: 'medium',
    due_date: '2030-01-31T00:00:00.000Z',
    estimate_minutes: null,
    created_at: at,
    updated_at: at,
  }));
  return JSON.stringify({ tasks, total: count, skip: 0, limit: count, next_cursor: null });
}
