import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';

const askAgainAfterMs = 500;

/** The index that a script builds CONCURRENTLY, if it does nothing else; as SQL writes its name. */
export function concurrentIndexOf(script: string): string | undefined {
  const statement = script.replaceAll(/--.*$/gm, '');
  return /^\s*create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?("[^"]+"|[a-z_]\w*)\s+on\b[^;]*;?\s*$/i.exec(
    statement,
  )?.[1];
}

/**
 * What became of a build whose end was not seen: whether the index is there. Waits while Postgres still works on it, which
 * it does without the one who asked for it, and drops what a build that failed has left.
 */
export async function settleIndex(session: Client, index: string): Promise<boolean> {
  for (;;) {
    const { rows } = await session.query<{ isBuilding: boolean; isValid: boolean | null }>(
      `select exists (select from pg_stat_progress_create_index
                       where datname = current_database() and index_relid = to_regclass($1)) as "isBuilding",
              (select indisvalid from pg_index where indexrelid = to_regclass($1)) as "isValid"`,
      [index],
    );
    const [found] = rows;
    if (found?.isBuilding === true) {
      await delay(askAgainAfterMs);
      continue;
    }
    if (found?.isValid === false) await session.query(`drop index concurrently ${index}`);
    return found?.isValid === true;
  }
}
