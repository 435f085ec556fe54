import { callerOf } from '@tasktracker/auth';
import { problemResponses, ref, type ServiceApp } from '@tasktracker/service-kit';
import { Entry, EntryCreation, EntryList } from './entry-schemas.ts';
import type { EntryService } from './entry-service.ts';

const shared = { tags: ['Sample'], security: [{ bearer: [] }, { password: [] }] };
const refusals = problemResponses('NOT_AUTHENTICATED', 'INVALID_TOKEN', 'SERVICE_UNAVAILABLE');

const createEntry = {
  ...shared,
  operationId: 'createSampleEntry',
  summary: 'Keep a text',
  body: ref(EntryCreation),
  response: {
    201: ref(Entry),
    ...refusals,
    ...problemResponses('VALIDATION_FAILED', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'),
  },
};

const listEntries = {
  ...shared,
  operationId: 'listSampleEntries',
  summary: 'Your newest texts',
  response: { 200: ref(EntryList), ...refusals },
};

/** `/api/v1/sample`, for signed-in callers: their own entries. */
export async function entryRoutes(app: ServiceApp, { entries }: { entries: EntryService }): Promise<void> {
  app.addHook('onRequest', app.authenticated);

  app.post('/', { schema: createEntry }, async (request, reply) =>
    reply.code(201).send(await entries.create(callerOf(request).userId, request.body.text)),
  );

  app.get('/', { schema: listEntries }, async (request) => ({ items: await entries.list(callerOf(request).userId) }));
}
