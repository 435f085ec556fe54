import type { ServiceApp } from './typed-app.ts';

/** An application's OpenAPI document as it is committed. Nothing is listened to; the application is closed after. */
export async function openapiTextOf(app: ServiceApp): Promise<string> {
  await app.ready();
  const text = `${JSON.stringify(app.swagger(), null, 2)}\n`;
  await app.close();
  return text;
}
