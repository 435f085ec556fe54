import { callerOf } from '@tasktracker/auth';
import { idSchema, ref, tagRoutes, type ServiceApp } from '@tasktracker/service-kit';
import { Type } from '@tasktracker/schema';

export const Caller = Type.Object({ caller_id: idSchema }, { $id: 'SampleCaller' });

const getCaller = {
  operationId: 'getSampleCaller',
  summary: 'Who is asking',
  response: { 200: ref(Caller) },
};

/** `/api/v1/sample`, for signed-in callers. */
export async function callerRoutes(app: ServiceApp): Promise<void> {
  tagRoutes(app, 'Sample');

  app.get('/', { schema: getCaller }, (request) => ({ caller_id: callerOf(request).userId }));
}
