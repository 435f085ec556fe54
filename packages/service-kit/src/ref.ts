import { Type, type Static, type TSchema, type TUnsafe } from '@tasktracker/schema';

/** A reference to a named component that keeps its static type. Throws for a schema without `$id`. */
export function ref<T extends TSchema>(schema: T): TUnsafe<Static<T>> {
  const id = '$id' in schema ? schema.$id : undefined;
  if (typeof id !== 'string') throw new TypeError('ref() needs a schema with an $id');
  return Type.Unsafe<Static<T>>(Type.Ref(id));
}
