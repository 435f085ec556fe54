import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { toOpenapiText } from '../src/openapi-text.ts';

it('keeps the committed OpenAPI document as the routes make it (npx nx run-many -t openapi)', async () => {
  expect(await toOpenapiText()).toBe(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'));
});
