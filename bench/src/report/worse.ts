import { describeValue, type Row } from '../goals/goal.ts';
import { rowLike, tolerated } from './agreement.ts';
import type { GoalHistory } from './records.ts';

/**
 * What a short run says against a row that has a goal: that it is worse by more than a tenth than what is recorded, or
 * that it can't tell, since either run was noisier than that. Undefined where all is well, and for rows without a goal, which
 * have no worse side.
 */
export function complaintAgainstRecord(row: Row, history: GoalHistory | undefined): string | undefined {
  if (row.limit === undefined) return undefined;
  const record = history?.records[0];
  const recorded = record && rowLike(row, record.rows);
  if (record === undefined || recorded === undefined) return "can't tell: nothing is recorded to compare it with";
  if (recorded.fault !== undefined) return `can't tell: what is recorded on ${record.date} was void`;
  const noise = noiseOf(row);
  if (noise !== undefined) return `can't tell: ${noise}`;
  const [now, then] = [row.value.value, recorded.value.value];
  const isWorse = 'atMost' in row.limit ? now > then * (1 + tolerated) : now < then * (1 - tolerated);
  return isWorse ? `worse than ${describeValue(recorded)} on ${record.date}` : undefined;
}

/** The same, and that a row with a goal is not worse. */
export function quickVerdict(row: Row, history: GoalHistory | undefined): string {
  return complaintAgainstRecord(row, history) ?? (row.limit === undefined ? '' : 'not worse');
}

/** Why a row of a short run is no better known than by a tenth, if it isn't. */
function noiseOf({ value: { value, low, high }, fault, itself }: Row): string | undefined {
  if (fault !== undefined && (itself === undefined || Math.abs(itself - 1) > tolerated)) return fault;
  if (!Number.isFinite(value)) return 'it was not measured';
  const spread = (high - low) / 2;
  return spread > tolerated * Math.abs(value) ? 'its rounds differed among themselves by more than a tenth' : undefined;
}
