import type { Problem } from '@tasktracker/errors';
import { problemType, toProblemText } from '@tasktracker/service-kit';
import type { FastifyReply } from 'fastify';

/** What a write answers, as it is sent and kept. */
export interface Answer {
  readonly status: number;
  readonly headers: { readonly location?: string; readonly etag?: string };
  /** JSON text; null for no body. */
  readonly body: string | null;
}

/** 204. */
export const noContent: Answer = { status: 204, headers: {}, body: null };

/** What a write came to. */
export interface Outcome extends Answer {
  /** The account that the answer tells of, if it isn't the caller's: the answer is deleted with it. */
  readonly accountId?: bigint;
  /** The caller's account is gone with this write, so there is nobody to keep the answer for. */
  readonly endsCaller?: boolean;
  /** Runs when all is committed; not for a replay. */
  readonly afterwards?: () => void;
}

/** An answer that is kept under a key. */
export interface KeptAnswer extends Answer {
  /** RFC 3339. */
  readonly expires: string;
  /** Whether it was given before. */
  readonly isReplay: boolean;
}

/** A problem as an answer: the bytes that the problem handler sends. */
export function toProblemAnswer(problem: Problem, requestId: string): Answer {
  const { etag } = problem.headers;
  return {
    status: problem.status,
    headers: etag === undefined ? {} : { etag },
    body: toProblemText(problem, requestId),
  };
}

/** Sends an answer, and says so if it is kept under a key or was given before. */
export function sendAnswer(reply: FastifyReply, answer: Answer | KeptAnswer): FastifyReply {
  const { status, headers, body } = answer;
  reply.code(status).headers(headers);
  if ('expires' in answer) {
    reply.header('idempotency-expires', answer.expires);
    if (answer.isReplay) reply.header('idempotency-replayed', 'true');
  }
  if (body === null) return reply.send();
  if (status < 400) return reply.type('application/json; charset=utf-8').send(body);
  reply.request.problemCode = codeOf(body);
  return reply.type(problemType).serializer(String).send(body);
}

function codeOf(body: string): string | null {
  const problem: unknown = JSON.parse(body);
  const code: unknown = typeof problem === 'object' && problem !== null ? Reflect.get(problem, 'code') : undefined;
  return typeof code === 'string' ? code : null;
}
