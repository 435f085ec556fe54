import { Type } from '@tasktracker/schema';

/** A moment in an answer: RFC 3339, UTC, with three digits of a second. */
export const timestampSchema = Type.String({
  format: 'date-time',
  description: 'UTC, with milliseconds (three digits)',
});
