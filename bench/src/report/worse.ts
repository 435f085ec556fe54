import { describeValue, type Row } from '../goals/goal.ts';
import { rowLike, tolerated } from './agreement.ts';
import type { GoalHistory } from './records.ts';

/**
 * What a short run says against a row that has a goal: that it is worse by more than a tenth than what is recorded, or
 * that it can't tell. Undefined where all is well, and for rows without a goal, which have no worse side.
 */
export function complaintAgainstRecord(row: Row, history: GoalHistory | undefined): string | undefined {
  if (row.limit === undefined) return undefined;
  const record = history?.records[0];
  const recorded = record && rowLike(row, record.rows);
  if (record === undefined || recorded === undefined) return 'nothing is recorded to compare it with';
  const change = row.value.value / recorded.value.value;
  if (change === 0 || !Number.isFinite(change)) return row.fault ?? 'it was not measured';
  const isWorse = 'atMost' in row.limit ? change > 1 + tolerated : change < 1 - tolerated;
  return isWorse ? `worse than ${describeValue(recorded)} on ${record.date}` : undefined;
}
