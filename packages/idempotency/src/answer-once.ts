import { Problem } from '@tasktracker/errors';
import { violatedConstraint } from '@tasktracker/postgres';
import { toProblemAnswer, type KeptAnswer, type Outcome } from './answer.ts';
import type { AnswerRepository } from './answer-repository.ts';
import { KeyInUse } from './idempotency-errors.ts';
import type { KeyedWrite } from './keyed-write.ts';

/** A service's store, as far as keys need it. */
export interface KeyedStore<Repositories extends { readonly answers: AnswerRepository }> {
  readonly answers: AnswerRepository;
  transaction<T>(work: (repositories: Repositories) => Promise<T>): Promise<T>;
}

/** The work of a write, done in one transaction. */
type Work<Repositories> = (repositories: Repositories) => Promise<Outcome>;

/** After this many tries the key is said to be in use: each failed one means that another request was quicker. */
const maxTries = 3;

/** Again, if another request has kept its answer since this one looked: now it is found. Throws KeyInUse after some tries. */
export async function again<T>(
  answers: Pick<AnswerRepository, 'removeExpired'>,
  keyed: KeyedWrite,
  write: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; tries <= maxTries; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (violatedConstraint(error)?.constraint !== 'idempotency_keys_pkey') throw error;
      await answers.removeExpired(keyed);
    }
  }
  throw new KeyInUse();
}

/** Does the work and keeps its answer in one transaction, or gives the answer that is kept. */
export function answerOnce<Repositories extends { readonly answers: AnswerRepository }>(
  store: KeyedStore<Repositories>,
  keyed: KeyedWrite,
  work: Work<Repositories>,
): Promise<KeptAnswer> {
  return again(store.answers, keyed, async () => {
    const done = await store.transaction(async (repositories) => {
      const { answers } = repositories;
      const kept = await answers.claim(keyed);
      if (kept !== undefined) return { answer: kept };
      const outcome = await work(repositories);
      const answer = outcome.endsCaller === true ? lastAnswer(outcome) : await answers.keep(keyed, outcome);
      return { answer, afterwards: outcome.afterwards };
    });
    done.afterwards?.();
    return done.answer;
  });
}

/** A refusal has changed nothing, so a transaction of its own may keep it: that of the work is undone. */
export async function keepRefusals<Repositories extends { readonly answers: AnswerRepository }>(
  store: KeyedStore<Repositories>,
  keyed: KeyedWrite,
  write: () => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof Problem && error.isDecidedByState)) throw error;
    return answerOnce(store, keyed, async () => toProblemAnswer(error, keyed.requestId));
  }
}

/** Kept until now. */
function lastAnswer({ status, headers, body }: Outcome): KeptAnswer {
  return { status, headers, body, expires: new Date().toISOString(), isReplay: false };
}
