import type { Problem as ProblemBody } from '@tasktracker/contracts';
import type { Problem } from '@tasktracker/errors';
import type { FastifyReply } from 'fastify';

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

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return (
    reply
      .code(problem.status)
      // A path that can't be decoded is answered before the hook that sets this on every other answer.
      .header('x-request-id', reply.request.id)
      .headers(problem.headers)
      .type('application/problem+json')
      .serializer((body: unknown) => JSON.stringify(body))
      .send(problemBody(problem, reply.request.id))
  );
}
