// Only dates that exist: years 0001–9999, the days of each month, hours to 23, seconds to 59. No lookahead, which not
// every language that reads the OpenAPI document has.
const year = '(?:[0-9]{3}[1-9]|[0-9]{2}[1-9]0|[0-9][1-9]00|[1-9]000)';
const leapYear = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)';
const day =
  `(?:${year}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)` +
  `|02-(?:0[1-9]|1[0-9]|2[0-8]))|${leapYear}-02-29)`;
const clock = '(?:[01][0-9]|2[0-3]):[0-5][0-9]';

/** Date, optional time with optional fraction, optional zone; captures fraction, sign and zone. */
export const timestampPattern = `^${day}(?:[Tt]${clock}:[0-5][0-9](?:\\.([0-9]+))?(?:[Zz]|([+-])(${clock}))?)?$`;

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
  const [, fraction = '', sign, zone = '00:00'] = match;
  // Milliseconds since 1970 of the text read as UTC; what follows the seconds is added by hand.
  const seconds = Date.parse(`${text.slice(0, 10)}T${text.slice(11, 19) || '00:00:00'}Z`);
  const offset = (Number(zone.slice(0, 2)) * 60 + Number(zone.slice(3))) * 60_000;
  const instant = seconds + Number(fraction.slice(0, 3).padEnd(3, '0')) - (sign === '-' ? -offset : offset);
  return instant >= firstInstant && instant <= lastInstant ? new Date(instant) : undefined;
}
