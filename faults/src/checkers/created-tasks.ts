import type { Outcome } from '../history/exchange.ts';

/** One try to create a task; tries that share a key share a tag. */
export interface CreateAttempt {
  /** Nothing else has it, and nothing changes it. */
  readonly tag: string;
  readonly outcome: Outcome;
  /** As answered, where that is known. */
  readonly id?: number | undefined;
}

export interface StoredTask {
  readonly id: number;
  readonly tag: string;
}

export interface CreatedTasks {
  readonly attempts: readonly CreateAttempt[];
  /** All that the system has. */
  readonly stored: readonly StoredTask[];
  /** Tasks whose deletion was asked for, and not refused. */
  readonly maybeDeleted?: ReadonlySet<number>;
}

export interface CreateFault {
  readonly kind: 'lost' | 'made up' | 'doubled' | 'answered twice';
  readonly tag: string;
  readonly words: string;
}

/** Every acknowledged create is there, none made up, one effect each. */
export function checkCreatedTasks({ attempts, stored, maybeDeleted = new Set() }: CreatedTasks): CreateFault[] {
  const faults: CreateFault[] = [];
  const asked = Map.groupBy(attempts, ({ tag }) => tag);
  const found = Map.groupBy(stored, ({ tag }) => tag);
  for (const [tag, tries] of asked) {
    const ids = new Set(tries.flatMap(({ id }) => id ?? []));
    const there = (found.get(tag) ?? []).map(({ id }) => id);
    const [id] = ids;
    if (ids.size > 1)
      faults.push({ kind: 'answered twice', tag, words: `one create was answered with tasks ${[...ids].join(', ')}` });
    if (id !== undefined && !there.includes(id) && !maybeDeleted.has(id))
      faults.push({ kind: 'lost', tag, words: `task ${id} was acknowledged and is not there` });
    if (id === undefined && there.length === 0 && tries.some(({ outcome }) => outcome === 'done'))
      faults.push({ kind: 'lost', tag, words: 'a task was acknowledged and is not there' });
    const others = there.filter((other) => other !== id);
    if (others.length > (id === undefined ? 1 : 0))
      faults.push({
        kind: 'doubled',
        tag,
        words: `one create made tasks ${[...new Set([...ids, ...there])].join(', ')}`,
      });
    if (there.length > 0 && tries.every(({ outcome }) => outcome === 'refused'))
      faults.push({ kind: 'made up', tag, words: `a refused create made task ${there.join(', ')}` });
  }
  for (const [tag, there] of found) {
    if (asked.has(tag)) continue;
    faults.push({
      kind: 'made up',
      tag,
      words: `task ${there.map(({ id }) => id).join(', ')} was asked for by nobody`,
    });
  }
  return faults;
}
