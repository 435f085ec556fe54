import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { generateTypes, typesFile } from '../generate-types.ts';

it('commits the types that the OpenAPI document of the gateway gives (npx nx run-many -t openapi)', async () => {
  expect(await readFile(typesFile, 'utf8')).toBe(await generateTypes());
});
