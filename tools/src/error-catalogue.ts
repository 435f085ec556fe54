import { globSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ErrorDefinition } from '@tasktracker/errors';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A code as its `…-errors.ts` defines it. */
export interface CataloguedError extends ErrorDefinition {
  /** Path from the repository's root. */
  readonly file: string;
}

/** Where codes are defined: the shared ones in `packages/errors`, those of a service beside their domain. */
export function listErrorFiles(): string[] {
  return globSync('{apps,packages}/*/src/**/*-errors.ts', { cwd: root, exclude: ['**/define-errors.ts'] }).toSorted();
}

/** Every code of every service, in alphabetical order; a code that is defined twice comes twice. */
export async function readErrorCatalogue(): Promise<CataloguedError[]> {
  const found = await Promise.all(
    listErrorFiles().map(async (file) => {
      const exported: object = await import(pathToFileURL(`${root}${file}`).href);
      return definitionsIn(exported).map((definition) => ({ ...definition, file }));
    }),
  );
  return found.flat().toSorted((one, other) => (one.code < other.code ? -1 : 1));
}

function definitionsIn(exported: object): ErrorDefinition[] {
  return Object.values(exported).flatMap((value: unknown) =>
    typeof value === 'object' && value !== null ? Object.values(value).filter(isDefinition) : [],
  );
}

function isDefinition(value: unknown): value is ErrorDefinition {
  return typeof value === 'object' && value !== null && 'code' in value && 'status' in value && 'detail' in value;
}
