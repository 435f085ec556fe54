import { writeFile } from 'node:fs/promises';
import openapiTypes, { astToString } from 'openapi-typescript';

/** The whole API's document, as the gateway publishes it. */
const document = new URL('../../apps/gateway/openapi.json', import.meta.url);

/** Where the types are; committed, so that reading the client needs no build. */
export const typesFile = new URL('./src/api.generated.ts', import.meta.url);

/** The TypeScript types of the API as text. */
export async function generateTypes(): Promise<string> {
  // A field with a default may be left out of a request.
  const types = await openapiTypes(document, { defaultNonNullable: false });
  return `// Made from apps/gateway/openapi.json by \`npx nx run-many -t openapi\`.\n${astToString(types)}`;
}

if (import.meta.main) await writeFile(typesFile, await generateTypes());
