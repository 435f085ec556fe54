import { BadRequest, NotFound } from '@tasktracker/errors';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServiceApp } from './typed-app.ts';

const ofTheConnection = new Set(['connection', 'transfer-encoding']);

/**
 * `/docs` and what is below. The page is made at its first request: loaded with the rest it took a sixth of a start, 60 modules
 * and 5 MB, of services whose page nobody opens.
 */
export async function docsRoutes(app: ServiceApp): Promise<void> {
  let page: Promise<FastifyInstance> | undefined;

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    page ??= import('./docs-page.ts').then(({ createDocsPage }) => createDocsPage(app.swagger()));
    const { url, headers } = request;
    const answered = await (await page).inject({ url, headers: { ...headers }, payloadAsStream: true });
    const body = answered.stream();
    const { statusCode, raw } = answered;
    // Of whoever leaves before the end the page hears nothing else: it would keep its file open.
    body.once('close', () => raw.res.destroy());
    if (statusCode >= 400) {
      body.resume();
      if (statusCode >= 500) throw new Error(`the page of the API's document answered ${statusCode}`);
      throw statusCode === 416 ? new BadRequest() : new NotFound();
    }
    const kept = Object.entries(answered.headers).filter(([name]) => !ofTheConnection.has(name));
    // A file is read as fast as its reader takes it.
    return reply.code(statusCode).headers(Object.fromEntries(kept)).send(body);
  }

  for (const url of ['/docs', '/docs/*']) app.get(url, { schema: { hide: true } }, answer);
}
