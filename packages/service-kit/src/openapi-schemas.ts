import { Problem } from '@tasktracker/contracts';
import { catalogue, type ErrorCode } from '@tasktracker/errors';
import { Type, type Static, type TSchema, type TUnsafe } from 'typebox';

/** A reference to a named component that keeps its static type. Throws for a schema without `$id`. */
export function ref<T extends TSchema>(schema: T): TUnsafe<Static<T>> {
  const id = '$id' in schema ? schema.$id : undefined;
  if (typeof id !== 'string') throw new TypeError('ref() needs a schema with an $id');
  return Type.Unsafe<Static<T>>(Type.Ref(id));
}

/** A route's error answers for OpenAPI: one entry per status, the codes named in its description. */
export function problemResponses(...codes: ErrorCode[]): Record<number, object> {
  const byStatus = Map.groupBy(codes, (code) => catalogue[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, grouped]) => [
      status,
      { description: grouped.join(', '), content: { 'application/problem+json': { schema: ref(Problem) } } },
    ]),
  );
}
