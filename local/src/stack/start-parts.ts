import { services } from '@tasktracker/contracts/services';
import type { StackContext } from './stack-context.ts';
import { migrateDatabase, startDatabases, type Databases } from './start-databases.ts';
import { generateClients, startService } from './start-services.ts';

/**
 * Starts everything, each part as soon as what it needs is there: what has no database starts while our Postgres does.
 * A Postgres of the person's own may refuse us, so no service begins before it has let us in.
 * All parts are ready when every promise has resolved.
 */
export function startParts(
  context: StackContext,
  databaseUrl: string | undefined,
  onDatabases: (databases: Databases) => void,
): Promise<unknown>[] {
  const databases = startDatabases(context, databaseUrl);
  const told = databases.then(onDatabases);
  const clients = generateClients(context);
  const parts = context.listening.map(async (service) => {
    const entry = services.find(({ name }) => name === service.name);
    if (entry?.database !== true) {
      if (databaseUrl !== undefined) await databases;
      context.signal.throwIfAborted();
      return startService(context, service, undefined);
    }
    await clients;
    const made = (await databases).get(service.name);
    await migrateDatabase(context, service.name, made?.migrateUrl ?? '');
    return startService(context, service, made?.appUrl);
  });
  return [told, clients, ...parts];
}
