import type { ProblemBody } from '@tasktracker/contracts';
import type { Problem } from '@tasktracker/errors';
import type { FastifyReply } from 'fastify';

/** The media type of problems. */
export const problemType = 'application/problem+json';

/** The RFC 9457 body of a problem, members in the contract's order. */
export function problemBody(problem: Problem, requestId: string): ProblemBody {
  const body: ProblemBody = {
    type: `urn:tasktracker:problem:${problem.code}`,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    code: problem.code,
    request_id: requestId,
  };
  if (problem.errors) body.errors = [...problem.errors];
  return body;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the problem that it was answered with, for the log. */
    problemCode: string | null;
  }
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  reply.request.problemCode = problem.code;
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type(problemType)
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problemBody(problem, reply.request.id));
}
