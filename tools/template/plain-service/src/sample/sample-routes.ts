import { callerOf } from '@tasktracker/auth';
import { problemResponses, ref, type ServiceApp } from '@tasktracker/service-kit';
import { Type } from 'typebox';

export const Sample = Type.Object(
  { caller_id: Type.Integer({ format: 'int64', description: 'your account', example: 42 }) },
  { $id: 'Sample' },
);

/** `/api/v1/sample`, for signed-in callers. */
export async function sampleRoutes(app: ServiceApp): Promise<void> {
  app.addHook('onRequest', app.authenticated);
  app.get(
    '/',
    {
      schema: {
        operationId: 'getSample',
        tags: ['Sample'],
        summary: 'Who is asking',
        security: [{ bearer: [] }, { password: [] }],
        response: {
          200: ref(Sample),
          ...problemResponses('NOT_AUTHENTICATED', 'INVALID_TOKEN', 'SERVICE_UNAVAILABLE'),
        },
      },
    },
    (request) => ({ caller_id: Number(callerOf(request).userId) }),
  );
}
