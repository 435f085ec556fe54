import { join } from 'node:path';
import { logFileOf } from '../data-dir/data-dir.ts';
import type { ListeningProcess } from './ports.ts';
import { repositoryDir } from '../repository-dir.ts';
import { consumers, toServiceEnvironment } from './service-environment.ts';
import { launchService, runProgram } from '../processes/service-process.ts';
import { naming, toProgram, type StackContext } from './stack-context.ts';
import { StartError } from '../start-error.ts';

const firstReadyMs = 60_000;

/** Generates the services' Prisma clients unless they are up to date with the schemas. */
export function generateClients(context: StackContext): Promise<void> {
  return context.terminal.step('Prisma clients', async (detail) => {
    const entry = join(repositoryDir, 'tools', 'generate-clients.ts');
    const program = toProgram(context, 'prisma', entry);
    const said = await naming('Prisma', program.logFile, runProgram(program, context.signal));
    detail(said === '' ? 'up to date' : 'generated');
  });
}

/** Starts a process of the stack and waits until it is ready; from then on it is kept running. */
export function startService(
  context: StackContext,
  service: ListeningProcess,
  databaseUrl: string | undefined,
): Promise<void> {
  const { dataDir, secrets, listening, table, terminal } = context;
  const env = toServiceEnvironment(service, context.ownEnv, {
    listening,
    databaseUrl,
    keyEncryptionKeyFile: secrets.keyEncryptionKeyFile,
    serviceClientsDir: secrets.serviceClientsDir(consumers),
  });
  const program = toProgram(context, service.name, join(repositoryDir, 'apps', service.name, 'src', 'server.ts'), env);
  return terminal.step(service.serviceName, async (detail) => {
    const ready = table.start(service.name, service.serviceName, (signal) =>
      launchService(program, service.port, signal),
    );
    await withDeadline(naming(service.serviceName, program.logFile, ready), () => {
      const file = logFileOf(dataDir, service.name);
      return new StartError(`${service.serviceName} is not ready after ${firstReadyMs / 1000} s. Its log: ${file}`);
    });
    detail(service.url);
  });
}

function withDeadline<T>(work: Promise<T>, toError: () => StartError): Promise<T> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(toError()), firstReadyMs);
    work.then(resolve, reject).finally(() => clearTimeout(deadline));
  });
}
