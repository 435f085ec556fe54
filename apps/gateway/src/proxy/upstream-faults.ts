import { ServiceUnavailable, type Problem } from '@tasktracker/errors';
import type { UpstreamAnswer } from '@tasktracker/service-client';

const retryAfterSeconds = 1;

/**
 * Whether this is one of our services: its errors are problems, nothing is HTML, nothing redirects. Anything else comes
 * from whatever took its place (another program on its port, a mesh, a crash) and is not for clients.
 */
export function isServiceAnswer({ statusCode, headers }: Pick<UpstreamAnswer, 'statusCode' | 'headers'>): boolean {
  const type = (headers['content-type'] ?? '').toLowerCase();
  if (statusCode >= 400) return type.startsWith('application/problem+json');
  if (statusCode >= 300) return statusCode === 304;
  return statusCode >= 200 && !type.startsWith('text/html');
}

/** For the client the same as no answer; the log says what it was. */
export function foreignAnswer(service: string, { statusCode }: Pick<UpstreamAnswer, 'statusCode'>): Problem {
  return new ServiceUnavailable(
    retryAfterSeconds,
    new Error(`${service} gave an answer with status ${statusCode} that is not its own`),
  );
}
