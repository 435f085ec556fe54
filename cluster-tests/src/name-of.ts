/** The name of an object that the API returned. */
export function nameOf({ metadata }: { readonly metadata?: { readonly name?: string } }): string {
  if (metadata?.name === undefined) throw new Error('an object without a name');
  return metadata.name;
}
