/** Rounded to 2 places, halves up, in whole numbers: 1 of 800 is 0.13 (0.125), which floating point may miss. */
export function percentage(part: number, whole: number): number {
  if (whole === 0) return 0;
  const [numerator, denominator] = [BigInt(part) * 20_000n + BigInt(whole), BigInt(whole) * 2n];
  return Number(numerator / denominator) / 100;
}
