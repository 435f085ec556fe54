/** What the task service counted. */
interface Counts {
  readonly total: number;
  readonly completed: number;
}

/** A person's statistics as the API shows them. */
export interface Stats {
  readonly total_tasks: number;
  readonly completed_tasks: number;
  readonly completed_percentage: number;
}

export function toStats({ total, completed }: Counts): Stats {
  return { total_tasks: total, completed_tasks: completed, completed_percentage: percentage(completed, total) };
}

/** Rounded to 2 places, halves up, in whole numbers: 1 of 800 is 0.13 (0.125), which floating point may miss. */
function percentage(part: number, whole: number): number {
  if (whole === 0) return 0;
  const [numerator, denominator] = [BigInt(part) * 20_000n + BigInt(whole), BigInt(whole) * 2n];
  return Number(numerator / denominator) / 100;
}
