import type { Pool } from 'pg';

/** A statement that Postgres plans once per connection: same name, same text. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/** Runs a statement on the connection that its maker chose and gives its rows. */
export type RunStatement = <Row extends object>(statement: NamedStatement) => Promise<Row[]>;

/** The part of Prisma's client that a transaction's statements need. */
interface PrismaTransaction {
  $queryRawUnsafe<Rows>(text: string, ...values: unknown[]): PromiseLike<Rows>;
}

/** Each statement on a connection of the pool, committed by itself. By the driver: Prisma's raw queries take twice the CPU. */
export function onPool(pool: Pool): RunStatement {
  return async <Row extends object>(statement: NamedStatement) => (await pool.query<Row>(statement)).rows;
}

/** Each statement in the transaction that Prisma has open. */
export function inTransaction(db: PrismaTransaction): RunStatement {
  return async <Row extends object>({ text, values }: NamedStatement) => db.$queryRawUnsafe<Row[]>(text, ...values);
}
