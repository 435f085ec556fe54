import { readFileSync } from 'node:fs';
import { apiServices, gateway } from '@tasktracker/contracts';
import { addScope, createLogger, createServiceApp, publicScope } from '@tasktracker/service-kit';
import { Value } from '@tasktracker/schema';
import { healthRoutes } from '../health/health-routes.ts';
import { identityRoutes } from '../identity-routes.ts';
import { mergeDocuments } from './merge-documents.ts';
import { OpenapiDocument } from './openapi-schema.ts';

const apps = new URL('../../../', import.meta.url);

/** The document of the whole API as it is committed, made from the gateway's routes and the services' documents. */
export async function toOpenapiText(): Promise<string> {
  const documents = apiServices.map(({ name, prefix }) => ({
    service: name,
    prefix,
    document: committedDocument(name),
  }));
  const merged = mergeDocuments(await ownDocument(), documents);
  const info = { ...merged.info, title: 'TaskTracker API' };
  return `${JSON.stringify({ ...merged, info }, null, 2)}\n`;
}

function committedDocument(app: string): OpenapiDocument {
  const document: unknown = JSON.parse(readFileSync(new URL(`${app}/openapi.json`, apps), 'utf8'));
  return Value.Parse(OpenapiDocument, document);
}

/** What the gateway answers itself. */
async function ownDocument(): Promise<OpenapiDocument> {
  const { serviceName } = gateway;
  const description = 'Accounts, tasks and statistics, through one address.';
  const app = await createServiceApp({
    serviceName,
    description,
    log: createLogger(serviceName, 'silent'),
    isReady: () => Promise.resolve(true),
  });
  await addScope(app, publicScope, async (scope) => {
    await scope.register(identityRoutes);
    await scope.register(healthRoutes, { probes: { ask: () => Promise.resolve({}), close: () => Promise.resolve() } });
  });
  await app.ready();
  const document = Value.Parse(OpenapiDocument, app.swagger());
  await app.close();
  return document;
}
