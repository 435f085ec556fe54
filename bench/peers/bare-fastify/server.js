// Fastify with one route and nothing else. Fair as the least that a service on Node and Fastify can take of memory: plain
// JavaScript, because what strips types takes 15 MB of its own.
import Fastify from 'fastify';

const app = Fastify();
app.get('/', () => ({}));
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
