import { callerOf } from '@tasktracker/auth';
import { sendAnswer } from '@tasktracker/idempotency';
import { ref, tagRoutes, type ServiceApp } from '@tasktracker/service-kit';
import { EntryCreation, EntryList, entryText } from './entry-schemas.ts';
import type { EntryService } from './entry-service.ts';

const createEntry = {
  operationId: 'createSampleEntry',
  summary: 'Keep a text',
  body: ref(EntryCreation),
  response: { 201: entryText },
  takesKey: true,
};

const listEntries = {
  operationId: 'listSampleEntries',
  summary: 'Your newest texts',
  response: { 200: ref(EntryList) },
};

/** `/api/v1/sample`, for signed-in callers: their own entries. */
export async function entryRoutes(app: ServiceApp, { entries }: { entries: EntryService }): Promise<void> {
  tagRoutes(app, 'Sample');

  app.post('/', { schema: createEntry }, async (request, reply) =>
    sendAnswer(reply, await entries.create(callerOf(request).userId, request.body.text, request.keyedWrite)),
  );

  app.get('/', { schema: listEntries }, async (request) => ({ items: await entries.list(callerOf(request).userId) }));
}
