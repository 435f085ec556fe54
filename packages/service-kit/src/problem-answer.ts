import type { ProblemBody } from '@tasktracker/contracts';
import type { Problem } from '@tasktracker/errors';
import type { FastifyReply } from 'fastify';

/** The media type of problems. */
export const problemType = 'application/problem+json';

/** The RFC 9457 body of a problem, members in the contract's order. */
function problemBody(problem: Problem, requestId: string): ProblemBody {
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

/** The JSON text that a problem is answered with. */
export function toProblemText(problem: Problem, requestId: string): string {
  const text = JSON.stringify(problemBody(problem, requestId));
  // The resource's own bytes: read and printed again, a 64-bit integer would lose digits.
  return problem.current === undefined ? text : `${text.slice(0, -1)},"current":${problem.current}}`;
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
    .serializer(String) // without it Fastify adds a charset, which JSON has none of
    .send(toProblemText(problem, reply.request.id));
}
