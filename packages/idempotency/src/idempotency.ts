// Writes that happen once, however often they are sent. Depends on errors, postgres and service-kit.
export { idempotencyKeys } from './idempotency-keys.ts';
export type { KeyedWrite } from './keyed-write.ts';
export { noContent, sendAnswer, type Answer, type KeptAnswer, type Outcome } from './answer.ts';
export { createKeyedWrites, type KeyedWrites } from './keyed-writes.ts';
export { createAnswerRepository, type AnswerRepository } from './answer-repository.ts';
export { firstWriteValue, runKeyedStatement } from './keyed-statement.ts';
export { startSweepingKeys } from './sweep-keys.ts';
