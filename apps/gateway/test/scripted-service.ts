import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A real HTTP server in a service's place, once started; a test says how it answers and sees what came. */
export interface ScriptedService {
  readonly origin: string;
  readonly requests: IncomingMessage[];
  /** Connections accepted so far, and those open now. */
  readonly connections: { accepted: number; readonly open: ReadonlySet<Socket> };
  answer: RequestListener;
  /** Listens on a free port; after `stop`, on the same one again. */
  start(): Promise<void>;
  /** Stops listening and cuts every connection. */
  stop(): Promise<void>;
}

export function createScriptedService(): ScriptedService {
  const requests: IncomingMessage[] = [];
  const open = new Set<Socket>();
  const connections = { accepted: 0, open };
  const server = createServer((request, response) => {
    requests.push(request);
    service.answer(request, response);
  });
  server.keepAliveTimeout = 72_000;
  server.on('connection', (socket) => {
    connections.accepted += 1;
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  let port = 0;
  const service: ScriptedService = {
    get origin() {
      return `http://127.0.0.1:${port}`;
    },
    requests,
    connections,
    answer: echo,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    async start() {
      port = await listen(server, port);
    },
  };
  return service;
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** What came, as JSON. */
export const echo: RequestListener = (request, response) => {
  void read(request).then((body) =>
    sendJson(response, 200, { method: request.method, url: request.url, headers: request.headers, body }),
  );
};

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  send(response, status, body, { 'content-type': 'application/json', ...headers });
}

export function sendProblem(response: ServerResponse, status: number, code: string, headers: object = {}): void {
  send(response, status, { status, code }, { 'content-type': 'application/problem+json', ...headers });
}

function send(response: ServerResponse, status: number, body: unknown, headers: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-length': Buffer.byteLength(text), ...headers }).end(text);
}

export async function read(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
