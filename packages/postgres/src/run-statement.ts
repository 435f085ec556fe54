import { DatabaseError, type Pool, type PoolClient } from 'pg';
import type { DeadlinePool } from './deadline-pool.ts';
import type { NamedStatement, RunStatement } from './named-statement.ts';

/** The part of Prisma's client that a transaction's statements need. */
interface PrismaTransaction {
  $queryRawUnsafe<Rows>(text: string, ...values: unknown[]): PromiseLike<Rows>;
}

/** Each statement on a connection of the pool, committed by itself. By the driver: Prisma's raw queries take twice the CPU. */
export function onPool(pool: DeadlinePool): RunStatement {
  const onOwn = byDriver(pool);
  return (statement) => (statement.isBrief && pool.shared.haveRoom ? pool.shared.run(statement) : onOwn(statement));
}

/** Each statement in the transaction that Prisma has open. */
export function inTransaction(db: PrismaTransaction): RunStatement {
  return async <Row extends object>({ text, values }: NamedStatement) => db.$queryRawUnsafe<Row[]>(text, ...values);
}

/**
 * One transaction on a connection that is held for it, with named statements: Prisma's own takes 513 µs of a change that
 * costs 1,541, and plans each statement anew. What `work` throws undoes all of it. Throws too if nothing was kept, which a
 * COMMIT after a swallowed error would say as if all was well. `work` waits for each statement before the next.
 */
export async function heldTransaction<T>(pool: Pool, work: (run: RunStatement) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let lost: Error | undefined;
  // Between two statements nobody else listens, and a connection that breaks then would end the process.
  const onLoss = (error: Error): void => void (lost = error);
  client.on('error', onLoss);
  try {
    await client.query('BEGIN');
    const result = await work(byDriver(client));
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back: one of its statements had failed');
    return result;
  } catch (error) {
    // Whether the connection can be kept after that, the pool knows.
    if (error instanceof DatabaseError) lost ??= error;
    // A connection on which even that fails is not for others.
    await client.query('ROLLBACK').catch(onLoss);
    throw error;
  } finally {
    client.off('error', onLoss);
    client.release(lost);
  }
}

function byDriver(connection: Pool | PoolClient): RunStatement {
  return async <Row extends object>(statement: NamedStatement) => (await connection.query<Row>(statement)).rows;
}
