import type { ServiceApp } from '@tasktracker/service-kit';
import type { FastifyRequest } from 'fastify';

/** Members of a body by name, and what each is compared as. */
type Members = Readonly<Record<string, (typed: string) => string>>;

/** Wherever a password is taken. RFC 8265: normalised, nothing else. */
export const passwordMembers: Members = {
  password: toNfc,
  current_password: toNfc,
  new_password: toNfc,
};

/**
 * In UTF-16 code units. NFC makes one code point of four at most, so that no longer text can become a name or password
 * (255 code points at most).
 */
const longestNormalised = 4_096;

/** Text that is far too long stays as it is: putting a megabyte of combining marks in order takes minutes. */
export function toNfc(typed: string): string {
  return typed.length > longestNormalised ? typed : typed.normalize('NFC');
}

/**
 * Lengths count code points of what is compared: in this scope these members are validated in that form. Handlers get
 * what was typed, since that may be stored, and old hashes may be of it.
 */
export function validateAsCompared(app: Pick<ServiceApp, 'addHook'>, members: Members): void {
  const typed = new WeakMap<FastifyRequest, Record<string, string>>();

  app.addHook('preValidation', (request, _reply, next) => {
    const body = bodyOf(request);
    const replaced: Record<string, string> = {};
    for (const [name, compared] of Object.entries(members)) {
      const value = body[name];
      if (typeof value !== 'string') continue;
      replaced[name] = value;
      body[name] = compared(value);
    }
    typed.set(request, replaced);
    next();
  });

  app.addHook('preHandler', (request, _reply, next) => {
    const body = bodyOf(request);
    for (const [name, value] of Object.entries(typed.get(request) ?? {})) {
      if (Object.hasOwn(body, name)) body[name] = value; // validation removes what the route does not know
    }
    next();
  });
}

function bodyOf({ body }: FastifyRequest): Record<string, unknown> {
  return isObject(body) ? body : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
