/** Whether `answer` tells the caller that what it sent last has been written. */
export type ReadsAnswers = (sent: Buffer, answer: Buffer) => boolean;

/** HTTP/1.1: any answer of success to a request that writes. */
export const writtenOverHttp: ReadsAnswers = (sent, answer) =>
  /^(POST|PUT|PATCH|DELETE) /.test(sent.toString('latin1', 0, 8)) &&
  answer.toString('latin1', 0, 10).startsWith('HTTP/1.1 2');

/** ReadyForQuery, "no transaction is open": with a command's tag before it, its effects are committed. */
const idle = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const tags = ['COMMIT\0', 'INSERT 0 ', 'UPDATE ', 'DELETE '].map((tag) => Buffer.from(tag));

/** Postgres' protocol 3: a commit, or a statement that writes and is its own transaction. */
export const writtenToPostgres: ReadsAnswers = (_sent, answer) =>
  answer.subarray(-idle.length).equals(idle) && tags.some((tag) => answer.includes(tag));
