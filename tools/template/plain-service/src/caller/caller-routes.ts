import { callerOf } from '@tasktracker/auth';
import { idSchema, ref, tagRoutes, type ServiceApp } from '@tasktracker/service-kit';
import { Type } from 'typebox';

export const Sample = Type.Object({ caller_id: idSchema }, { $id: 'Sample' });

const getSample = {
  operationId: 'getSample',
  summary: 'Who is asking',
  response: { 200: ref(Sample) },
};

/** `/api/v1/sample`, for signed-in callers. */
export async function sampleRoutes(app: ServiceApp): Promise<void> {
  tagRoutes(app, 'Sample');

  app.get('/', { schema: getSample }, (request) => ({ caller_id: callerOf(request).userId }));
}
