import type { ServiceApp } from './typed-app.ts';

/** An application's OpenAPI document as it is committed. Opens no port; closes the application. Throws for a schema at fault. */
export async function openapiTextOf(app: ServiceApp): Promise<string> {
  await app.ready();
  app.compileSchemas();
  const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
  await app.close();
  return text;
}
