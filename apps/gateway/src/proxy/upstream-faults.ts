import { Problem, ServiceUnavailable, UpstreamTimeout } from '@tasktracker/errors';
import { errors, type Dispatcher } from 'undici';

const retryAfterSeconds = 1;

/** What a failed request to a service is for the client: a problem. */
export function toUpstreamProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const isSlow = error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError;
  return isSlow ? new UpstreamTimeout(retryAfterSeconds, error) : new ServiceUnavailable(retryAfterSeconds, error);
}

/**
 * Whether this is one of our services: its errors are problems, nothing is HTML, nothing redirects. Anything else comes
 * from whatever took its place (another program on its port, a mesh, a crash) and is not for clients.
 */
export function isServiceAnswer({
  statusCode,
  headers,
}: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>): boolean {
  const type = String(headers['content-type'] ?? '').toLowerCase();
  if (statusCode >= 400) return type.startsWith('application/problem+json');
  if (statusCode >= 300) return statusCode === 304;
  return statusCode >= 200 && !type.startsWith('text/html');
}

/** For the client the same as no answer; the log says what it was. */
export function foreignAnswer(service: string, { statusCode }: Pick<Dispatcher.ResponseData, 'statusCode'>): Problem {
  return new ServiceUnavailable(
    retryAfterSeconds,
    new Error(`${service} gave an answer with status ${statusCode} that is not its own`),
  );
}
