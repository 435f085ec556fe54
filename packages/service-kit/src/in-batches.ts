export interface BatchLimits {
  readonly batchSize: number;
  readonly maxBatches: number;
}

/**
 * Does `work` a batch at a time, so that none holds a lock for long; it is told how much to do at most and says how much
 * it did. One that is not full is the last. Gives how much was done in all.
 */
export async function inBatches(
  { batchSize, maxBatches }: BatchLimits,
  work: (limit: number) => Promise<number>,
): Promise<number> {
  let done = 0;
  for (let batch = 0; batch < maxBatches; batch += 1) {
    const count = await work(batchSize);
    done += count;
    if (count < batchSize) break;
  }
  return done;
}
