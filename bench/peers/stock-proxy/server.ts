// @fastify/http-proxy as its README shows it, with Fastify's own log. Fair: the same libraries as the gateway, and none of
// its policies (no token check, no limits, no deadlines).
import httpProxy from '@fastify/http-proxy';
import Fastify from 'fastify';

const app = Fastify({ logger: true });
await app.register(httpProxy, { upstream: process.env['UPSTREAM'] ?? '' });
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
