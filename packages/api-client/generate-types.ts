import { readFile, writeFile } from 'node:fs/promises';
import openapiTypes, { astToString, type OpenAPI3, type OperationObject } from 'openapi-typescript';

/** The whole API's document, as the gateway publishes it. */
const documentFile = new URL('../../apps/gateway/openapi.json', import.meta.url);

/** Where the types are; committed, so that reading the client needs no build. */
export const typesFile = new URL('./src/api.generated.ts', import.meta.url);

/** The TypeScript types of the API as text, and what the client must know of its operations at run time. */
export async function generateTypes(): Promise<string> {
  const document: OpenAPI3 = JSON.parse(await readFile(documentFile, 'utf8'));
  // A field with a default may be left out of a request.
  const types = await openapiTypes(document, { defaultNonNullable: false });
  return `// Made from apps/gateway/openapi.json by \`npx nx run-many -t openapi\`.
${astToString(types)}
/** Operations that take an \`Idempotency-Key\`. */
export const keyedOperations: ReadonlySet<string> = new Set(${JSON.stringify(keyedOperations(document), null, 4)});
`;
}

const methods = ['post', 'put', 'patch', 'delete'] as const;

function keyedOperations({ paths = {} }: OpenAPI3): string[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    methods
      .filter((method) => method in item && takesKey(Reflect.get(item, method)))
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
}

function takesKey({ parameters = [] }: OperationObject): boolean {
  return parameters.some((parameter) => 'name' in parameter && parameter.name === 'Idempotency-Key');
}

if (import.meta.main) await writeFile(typesFile, await generateTypes());
