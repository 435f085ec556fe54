/** Date, optional time with optional fraction, optional zone; captures year to second, fraction, sign and zone. */
export const timestampPattern =
  '^([0-9]{4})-([0-9]{2})-([0-9]{2})' +
  '(?:[Tt]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))?)?$';

const timestamp = new RegExp(timestampPattern);
const firstInstant = Date.parse('0001-01-01T00:00:00.000Z');
const lastInstant = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The instant that a text names: RFC 3339 with a zone, naive (UTC), or a date alone (midnight UTC). Digits beyond
 * milliseconds are cut off. Undefined for anything else: no such day or time, a leap second, not in the years
 * 0001–9999 of UTC.
 */
export function parseTimestamp(text: string): Date | undefined {
  const match = timestamp.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const milliseconds = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const [offsetHour, offsetMinute] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59 || offsetHour > 23 || offsetMinute > 59) return undefined;

  const instant = new Date(0);
  instant.setUTCFullYear(year, month - 1, day);
  // A day or month that does not exist rolls over to another one.
  if (instant.getUTCMonth() !== month - 1 || instant.getUTCDate() !== day) return undefined;
  const offset = (offsetHour * 60 + offsetMinute) * (match[8] === '-' ? -1 : 1);
  instant.setUTCHours(hour, minute - offset, second, milliseconds);
  return instant.getTime() >= firstInstant && instant.getTime() <= lastInstant ? instant : undefined;
}
