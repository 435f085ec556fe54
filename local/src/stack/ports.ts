import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gateway, services } from '@tasktracker/contracts/services';
import { isErrno, StartError } from '../start-error.ts';

/** Where every process of the stack listens. */
export const host = '127.0.0.1';

export interface ListeningProcess {
  /** Folder below `apps/`. */
  readonly name: string;
  readonly serviceName: string;
  readonly port: number;
  readonly url: string;
}

/** The gateway on `gatewayPort`, each service as far above it as in the list of services. */
function toListeningProcesses(gatewayPort: number): ListeningProcess[] {
  return [gateway, ...services].map(({ name, serviceName, port: listedPort }) => {
    const port = gatewayPort + listedPort - gateway.port;
    return { name, serviceName, port, url: `http://localhost:${port}` };
  });
}

/**
 * The processes on ports that are free. `graceMs`: how long to wait for busy ones, where a killed stack may have left
 * services that are still draining.
 * @throws StartError naming each busy port.
 */
export async function choosePorts(gatewayPort: number, graceMs: number): Promise<ListeningProcess[]> {
  const listening = toListeningProcesses(gatewayPort === 0 ? await findFreeGatewayPort() : gatewayPort);
  const deadline = performance.now() + graceMs;
  for (;;) {
    try {
      await checkPortsAreFree(listening);
      return listening;
    } catch (error) {
      if (!(error instanceof StartError) || performance.now() > deadline) throw error;
      await delay(100);
    }
  }
}

/** @throws StartError naming each busy port. */
async function checkPortsAreFree(processes: readonly ListeningProcess[]): Promise<void> {
  const free = await Promise.all(processes.map(({ port }) => isPortFree(port)));
  const busy = processes.filter((_, index) => free[index] === false);
  if (busy.length === 0) return;
  const otherPort = busy.some(({ port }) => port >= 18_000 && port < 18_010) ? 28_000 : 18_000;
  const list = busy.map(({ port, serviceName }) => `${port} (${serviceName})`).join(', ');
  throw new StartError(
    `${busy.length === 1 ? 'Port' : 'Ports'} ${list} ${busy.length === 1 ? 'is' : 'are'} used by another program: ` +
      `stop that one, or choose other ports with \`npm start -- --port ${otherPort}\`.`,
  );
}

/** A gateway port whose services' ports are free too, below the range that outgoing connections use. */
async function findFreeGatewayPort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const gatewayPort = 15_000 + Math.floor(Math.random() * 15_000);
    const free = await Promise.all(toListeningProcesses(gatewayPort).map(({ port }) => isPortFree(port)));
    if (free.every(Boolean)) return gatewayPort;
  }
  throw new StartError('No free ports were found: choose some with `npm start -- --port 18000`.');
}

/** `localhost` may mean `::1` to a client: a program that only listens there would get the requests meant for us. */
async function isPortFree(port: number): Promise<boolean> {
  return (await canListen(port, host)) && (await canListen(port, '::1'));
}

async function canListen(port: number, address: string): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host: address, exclusive: true });
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch (error) {
    if (!isErrno(error)) throw error;
    if (error.code === 'EACCES')
      throw new StartError(
        `Port ${port} needs more rights than you have: choose another with \`npm start -- --port 18000\`.`,
      );
    return error.code !== 'EADDRINUSE';
  }
}
