import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { toOpenapiText } from '../src/openapi-text.ts';

it('openapi.json is what the routes say; `npm run openapi` writes it', async () => {
  expect(await toOpenapiText()).toBe(readFileSync(new URL('../openapi.json', import.meta.url), 'utf8'));
});
