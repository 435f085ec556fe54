// proxy.ts as a handler of Fastify, with nothing else registered: what the framework adds to the least that a proxy costs.
import Fastify from 'fastify';
import { Pool } from 'undici';

const pool = new Pool(process.env['UPSTREAM'] ?? '', { connections: 128 });
const app = Fastify();
app.get('/*', async ({ raw: { url: path = '/' }, headers }, reply) => {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  let body: Buffer = Buffer.alloc(0);
  pool.dispatch(
    { method: 'GET', path, headers },
    {
      onRequestStart() {},
      onResponseStart: (_controller, status, answerHeaders) => void reply.code(status).headers(answerHeaders),
      onResponseData(_controller, chunk) {
        body = body.length === 0 ? chunk : Buffer.concat([body, chunk]);
      },
      onResponseEnd: () => resolve(body),
      onResponseError: (_controller, error) => reject(error),
    },
  );
  return promise;
});
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
