import type { TaskBody } from '../history/exchange.ts';
import type { FinalState } from '../history/final-state.ts';
import type { Finding } from './finding.ts';

/** An account's tasks as somebody has them who followed the changes. */
export interface FollowedCopy {
  readonly account: string;
  readonly copy: ReadonlyMap<number, TaskBody>;
}

/** Copies that were kept by changes alone and are not what the system has. */
export function findDeltaFaults(copies: readonly FollowedCopy[], finals: readonly FinalState[]): Finding[] {
  return copies.flatMap(({ account, copy }) => {
    const tasks = new Map(finals.find((final) => final.account === account)?.tasks.map((task) => [task.id, task]));
    const ids = [...new Set([...tasks.keys(), ...copy.keys()])];
    const different = ids.filter((id) => JSON.stringify(tasks.get(id)) !== JSON.stringify(copy.get(id)));
    const [id = 0] = different;
    const words =
      `${account}: ${different.length} of ${ids.length} tasks differ in a copy that followed the changes; ` +
      `task ${id} is ${JSON.stringify(tasks.get(id))}, the copy has ${JSON.stringify(copy.get(id))}`;
    return different.length === 0 ? [] : [{ checker: 'changes', words, exchanges: [] }];
  });
}
