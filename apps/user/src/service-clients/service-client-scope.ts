import { sharedErrors } from '@tasktracker/errors';
import { clientOf, type AccessScope } from '@tasktracker/service-kit';
import type { FastifyRequest } from 'fastify';
import type { AttemptService } from '../attempts/attempt-service.ts';
import { readBasic, type BasicCredentials } from '../basic-credentials.ts';
import { notesOf } from '../security-notes.ts';
import { InvalidClient, serviceClientErrors } from './service-client-errors.ts';
import type { CheckServiceSecret } from './service-secrets.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The service that has proved itself; null outside of the scope of service clients. */
    serviceClient: string | null;
  }
}

interface ServiceClientScopeOptions {
  readonly isSecretOf: CheckServiceSecret;
  readonly attempts: Pick<AttemptService, 'beginClient'>;
}

/** For our own services, by HTTP Basic with their secret (RFC 6749, 2.3.1). */
export function createServiceClientScope({ isSecretOf, attempts }: ServiceClientScopeOptions): AccessScope {
  return {
    name: 'service client',
    security: [{ basic: [] }],
    problems: [serviceClientErrors.INVALID_CLIENT, sharedErrors.TOO_MANY_REQUESTS, sharedErrors.SERVICE_UNAVAILABLE],
    async check(request: FastifyRequest) {
      const presented = decoded(readBasic(request.headers.authorization));
      if (!presented) throw refuse(request);
      // Before the limit: nobody guesses 128 bits, and a service is not to wait for 15 minutes once its secret is right again.
      if (!(await isSecretOf(presented.id, presented.secret))) {
        const attempt = await attempts.beginClient(clientOf(request).address);
        await attempt.count();
        throw refuse(request);
      }
      request.serviceClient = presented.id;
    },
  };
}

function refuse(request: FastifyRequest): InvalidClient {
  notesOf(request)('client_refused', {});
  return new InvalidClient();
}

/** RFC 6749 has both parts encoded as in a form before they are joined. */
function decoded(credentials: BasicCredentials | undefined): BasicCredentials | undefined {
  try {
    return credentials && { id: formDecoded(credentials.id), secret: formDecoded(credentials.secret) };
  } catch {
    return undefined;
  }
}

function formDecoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}
