/** One use of a register whose every write has a value of its own. */
export interface RegisterUse {
  readonly kind: 'write' | 'read';
  readonly value: string;
  readonly startedAt: number;
  /** Infinity for a write that nobody knows the end of. */
  readonly endedAt: number;
}

interface Zone {
  readonly value: string;
  readonly from: number;
  readonly to: number;
  /** The value was there from `from` to `to`; otherwise it was there at some moment between `to` and `from`. */
  readonly isForward: boolean;
}

/**
 * Why no single order of these uses, each at one moment between its start and its end, explains what was read;
 * undefined if one does. Decided by zones (Gibbons and Korach, "Testing shared memories", 1997): exact where every write
 * has a value of its own. A write whose end is unknown may have happened at any time, or never if nobody read it.
 */
export function explainNotLinearizable(uses: readonly RegisterUse[]): string | undefined {
  const zones: Zone[] = [];
  for (const [value, ofValue] of Map.groupBy(uses, (use) => use.value)) {
    const writes = ofValue.filter(({ kind }) => kind === 'write');
    const reads = ofValue.filter(({ kind }) => kind === 'read');
    const writtenFrom = Math.min(...writes.map(({ startedAt }) => startedAt));
    if (reads.some(({ endedAt }) => endedAt < writtenFrom)) return `${value} was read before anybody wrote it`;
    const firstEnd = Math.min(...ofValue.map(({ endedAt }) => endedAt));
    if (firstEnd === Infinity) continue; // perhaps never written
    const lastStart = Math.max(...ofValue.map(({ startedAt }) => startedAt));
    zones.push({ value, from: firstEnd, to: lastStart, isForward: firstEnd < lastStart });
  }
  const forward = zones.filter(({ isForward }) => isForward).toSorted((a, b) => a.from - b.from);
  for (const [index, zone] of forward.entries()) {
    const next = forward[index + 1];
    if (next !== undefined && next.from < zone.to)
      return `${next.value} was there while ${zone.value} had been and still was: one of them came back`;
  }
  for (const zone of zones) {
    if (zone.isForward) continue;
    const around = forward.find(({ from, to }) => from < zone.to && zone.from < to);
    if (around !== undefined) return `${zone.value} was written while ${around.value} was there before and after it`;
  }
  return undefined;
}
