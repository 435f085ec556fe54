// JSON Schemas with their types: TypeBox, from one file where `npm ci` has made it. TypeBox comes as 683 modules, which
// are a third of what a service takes to start. See ADR 0039.
import { existsSync } from 'node:fs';
import { bundleFile } from './bundle-file.ts';
import type * as typebox from './typebox.ts';

export type * from 'typebox';

// The file has the exports of `typebox.ts`, from which it is made.
const library: typeof typebox = existsSync(bundleFile) ? await import(bundleFile.href) : await import('./typebox.ts');

export const { Compile, Pointer, Type, Value } = library;
