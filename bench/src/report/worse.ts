import { describeValue, type Row } from '../goals/goal.ts';
import type { GoalHistory } from './records.ts';

/** What a short run can tell: less is noise. */
const tolerated = 0.1;

/**
 * Says of a row that it is worse by more than a tenth than what is recorded; undefined where it isn't, or where nothing
 * is recorded. Only rows with a goal have a worse side.
 */
export function worseThanRecorded(row: Row, history: GoalHistory | undefined): string | undefined {
  const record = history?.records[0];
  const recorded = record?.rows.find(({ name, peer }) => name === row.name && peer === row.peer);
  if (record === undefined || recorded === undefined || row.limit === undefined) return undefined;
  const change = row.value.value / recorded.value.value;
  const isWorse = 'atMost' in row.limit ? change > 1 + tolerated : change < 1 - tolerated;
  return isWorse ? `worse than ${describeValue(recorded)} on ${record.date}` : undefined;
}
