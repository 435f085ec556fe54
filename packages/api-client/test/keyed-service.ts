import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

interface SeenRequest {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Scripted {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A real HTTP server that does a write once for each key, as the API does. */
export interface KeyedService {
  readonly baseUrl: string;
  readonly seen: SeenRequest[];
  /** Bodies of the writes that were done. */
  readonly effects: string[];
  /** Answers given before it does what it is asked. */
  readonly script: Scripted[];
  /** Cuts every connection. */
  cut(): void;
  close(): Promise<void>;
}

const done = { status: 201, headers: { 'content-type': 'application/json', location: '/7' }, body: '{"id":7}' };

export async function openKeyedService(): Promise<KeyedService> {
  const seen: SeenRequest[] = [];
  const effects: string[] = [];
  const script: Scripted[] = [];
  const kept = new Set<string>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method, url, headers } = request;
      seen.push({ line: `${method} ${url}`, headers, body });
      const next = script.shift();
      if (next !== undefined) return send(response, next);
      const key = headers['idempotency-key'];
      if (method !== 'GET' && (key === undefined || !kept.has(String(key)))) effects.push(body);
      if (key !== undefined) kept.add(String(key));
      return send(response, done);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    baseUrl: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    seen,
    effects,
    script,
    cut: () => server.closeAllConnections(),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function send(response: ServerResponse, { status, headers = {}, body = '' }: Scripted): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers }).end(body);
}
