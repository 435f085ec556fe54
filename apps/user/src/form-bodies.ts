import { isUtf8 } from 'node:buffer';
import { parse, type ParsedUrlQuery } from 'node:querystring';
import { ValidationFailed } from '@tasktracker/errors';
import { refuseEncoded, type ServiceApp } from '@tasktracker/service-kit';

interface FormOptions {
  /** Fields that are there when they are empty. */
  readonly mayBeEmpty?: readonly string[];
}

/**
 * Lets the routes of this scope take `application/x-www-form-urlencoded`. An empty field counts as omitted (RFC 6749,
 * 3.2); one that comes twice becomes a list, which no schema here allows.
 */
export function acceptForms(
  app: Pick<ServiceApp, 'addContentTypeParser'>,
  { mayBeEmpty = [] }: FormOptions = {},
): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (request, body: Buffer, parsed) => {
      refuseEncoded(request);
      if (!isText(body)) parsed(malformed('malformed', 'the body is not UTF-8'));
      else {
        const form = parse(body.toString('utf8'));
        if (holdsNul(form)) parsed(malformed('nul_character', 'the body holds a NUL character'));
        else parsed(null, withoutEmpty(form, mayBeEmpty));
      }
    },
  );
}

/** UTF-8, and so is what each run of escapes stands for: bytes are bytes, written either way. */
function isText(body: Buffer): boolean {
  if (!isUtf8(body)) return false;
  const runs = body.toString('utf8').match(/(?:%[0-9a-f]{2})+/gi) ?? [];
  return runs.every((run) => isUtf8(Buffer.from(run.replaceAll('%', ''), 'hex')));
}

function malformed(code: string, detail: string): ValidationFailed {
  return new ValidationFailed([{ in: 'body', pointer: '', code, detail }]);
}

function holdsNul(form: ParsedUrlQuery): boolean {
  return Object.entries(form).some(([name, value]) => `${name}${String(value)}`.includes('\0'));
}

function withoutEmpty(form: ParsedUrlQuery, kept: readonly string[]): ParsedUrlQuery {
  return Object.fromEntries(Object.entries(form).filter(([name, value]) => value !== '' || kept.includes(name)));
}
