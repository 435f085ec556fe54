import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toOpenapiText } from './openapi/openapi-text.ts';

writeFileSync(fileURLToPath(new URL('../openapi.json', import.meta.url)), await toOpenapiText());
