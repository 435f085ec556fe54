import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { toOpenapiText } from '../src/openapi-text.ts';

it('keeps the committed OpenAPI document as the routes make it (npx nx run-many -t openapi)', async () => {
  const committed = readFileSync(fileURLToPath(new URL('../openapi.json', import.meta.url)), 'utf8');
  expect(await toOpenapiText()).toBe(committed);
});
