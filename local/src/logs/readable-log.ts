/** A log line as a person reads it. Lines that are not JSON (a crash of Node itself) stay as they are. */
export function toReadableLine(line: string): string {
  const entry = parseEntry(line);
  if (entry === undefined) return line;
  const { time, level, msg, err, ...rest } = entry;
  const parts = [toClock(time), toLevel(level)];
  if (typeof rest['method'] === 'string' && 'status' in rest) parts.push(toRequest(rest));
  else parts.push(toText(msg), toError(err), toFields(rest));
  return parts.filter((part) => part !== '').join(' ');
}

/** The message of a log line with its error's: all that a person needs, in one line. */
export function toMessage(line: string): string {
  const entry = parseEntry(line);
  if (entry === undefined) return line;
  return [toText(entry['msg']), toError(entry['err'])].filter((part) => part !== '').join(' ');
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry: Record<string, unknown> = JSON.parse(line);
    return entry;
  } catch {
    return undefined;
  }
}

/** Local time of day: `14:03:22.123`. */
function toClock(time: unknown): string {
  const date = new Date(typeof time === 'string' ? time : Number.NaN);
  if (Number.isNaN(date.getTime())) return '';
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function toLevel(level: unknown): string {
  return level === 'info' ? '' : toText(level).toUpperCase();
}

/** With the request id only if somebody may ask about it: a problem shows it to the caller. */
function toRequest({ method, route, status, ms, request_id: requestId }: Record<string, unknown>): string {
  const request = `${toText(method)} ${toText(route) || '(no route)'} ${toText(status)}  ${toText(ms)} ms`;
  return Number(status) < 400 ? request : `${request}  ${toText(requestId)}`;
}

function toError(err: unknown): string {
  return isRecord(err) ? toText(err['message']) : toText(err);
}

/** What else the line holds, except what every line of a service has. */
function toFields(fields: Record<string, unknown>): string {
  const dull = new Set(['service', 'pid', 'hostname']);
  const rest = Object.entries(fields).filter(([name]) => !dull.has(name));
  return rest.length === 0 ? '' : JSON.stringify(Object.fromEntries(rest));
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
