import { isUtf8 } from 'node:buffer';
import { parse } from 'node:querystring';
import { ValidationFailed } from '@tasktracker/errors';
import type { ServiceApp } from '@tasktracker/service-kit';

/**
 * Lets the routes of this scope take `application/x-www-form-urlencoded`. A field that comes twice becomes a list,
 * which no schema here allows.
 */
export function acceptForms(app: Pick<ServiceApp, 'addContentTypeParser'>): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    (_request, body: Buffer, parsed) => {
      const form = isUtf8(body) ? { ...parse(body.toString('utf8')) } : undefined;
      if (form === undefined) parsed(malformed('malformed', 'the body is not UTF-8'));
      else if (holdsNul(form)) parsed(malformed('nul_character', 'the body holds a NUL character'));
      else parsed(null, form);
    },
  );
}

function malformed(code: string, detail: string): ValidationFailed {
  return new ValidationFailed([{ in: 'body', pointer: '', code, detail }]);
}

function holdsNul(form: Record<string, string | string[] | undefined>): boolean {
  return Object.entries(form).some(([name, value]) => `${name}${String(value)}`.includes('\0'));
}
