import {
  BadRequest,
  InternalError,
  NotFound,
  Overloaded,
  PayloadTooLarge,
  Problem,
  ServiceUnavailable,
  UnsupportedMediaType,
  UpstreamTimeout,
  ValidationFailed,
} from '@tasktracker/errors';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { isProbe } from './probes.ts';
import { sendProblem } from './problem-answer.ts';
import { toFieldFaults } from './field-faults.ts';

/** Maps what a service's own libraries throw (a database that is down, say); undefined leaves it an internal error. */
export type ToProblem = (error: unknown) => Problem | undefined;

/**
 * The one place where an error becomes an answer. An unforeseen one is logged in full and answered 500, without
 * details.
 */
export function createProblemHandler(
  toProblem: ToProblem,
): (error: unknown, request: FastifyRequest, reply: FastifyReply) => void {
  return (error, request, reply) => {
    // There is nobody to answer, and nothing on our side failed.
    const isClientGone = error instanceof Error && (error === request.raw.errored || error === leftBefore(request));
    const problem = isClientGone ? new BadRequest() : inTime(problemOf(error, toProblem), request);
    // 501 is about what was asked, as 4xx is.
    if (problem instanceof InternalError) request.log.error({ err: error }, 'unexpected error');
    // Why a process is not ready is said once, by who knows it; each probe of a drain would say it again.
    else if (
      problem.status > 501 &&
      !(problem instanceof Overloaded) &&
      !isProbe(request) &&
      !request.deadline?.isAbandoned
    )
      request.log.warn({ err: problem.cause ?? problem }, 'unavailable');
    void sendProblem(reply, problem);
  };
}

/** The reason of what was given up when the client left before its answer. */
function leftBefore({ deadline }: FastifyRequest): unknown {
  return deadline?.isAbandoned ? deadline.signal.reason : undefined;
}

/** Work that was given up because the time was spent has failed for that reason, whatever its library says. */
function inTime(problem: Problem, { deadline }: FastifyRequest): Problem {
  const isGivenUp = problem instanceof ServiceUnavailable && deadline?.remainingMs() === 0;
  return isGivenUp ? new UpstreamTimeout(1, problem.cause) : problem;
}

function problemOf(error: unknown, toProblem: ToProblem): Problem {
  if (error instanceof Problem) return error;
  const known = toProblem(error);
  if (known) return known;
  if (!isFastifyError(error)) return refusalOf(error);
  if (error.validation) return new ValidationFailed(toFieldFaults(error.validation, error.validationContext ?? 'body'));
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new PayloadTooLarge();
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new UnsupportedMediaType();
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return new BadRequest();
    case 'FST_ERR_BAD_URL':
      return new NotFound();
    default:
      return refusalOf(error);
  }
}

/** What a library (for static files, say) refuses with a 4xx status is the caller's fault. */
function refusalOf(error: unknown): Problem {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status === 403 || status === 404) return new NotFound();
  return status >= 400 && status < 500 ? new BadRequest() : new InternalError(error);
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'code' in error;
}
