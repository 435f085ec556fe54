import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { jwksPath, type EndedSessions, type JwkSet } from '@tasktracker/contracts';

/** The two lists of the user service that verifiers poll, on a real socket, with ETags; its faults can be chosen. */
export interface KeySource {
  /** Its origin. */
  readonly userServiceUrl: string;
  keys: JwkSet['keys'];
  sessions: EndedSessions['sessions'];
  /** How the next requests go: answered, refused with 500, left without an answer, or answered with another shape. */
  mode: 'answering' | 'failing' | 'silent' | 'nonsense';
  /** Requests so far, by path and status; 0 is one left without an answer. */
  readonly requests: { readonly path: string; readonly status: number }[];
  close(): Promise<void>;
}

export async function startKeySource(keys: JwkSet['keys'] = []): Promise<KeySource> {
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const status = answer(path, request.headers['if-none-match'], response);
    requests.push({ path, status });
  });
  const requests: KeySource['requests'] = [];

  function answer(path: string, ifNoneMatch: string | undefined, response: ServerResponse): number {
    if (source.mode === 'silent') return 0;
    if (source.mode === 'failing') return end(response, 500, '');
    if (source.mode === 'nonsense') return end(response, 200, '{"keys":3}');
    const body = JSON.stringify(path === jwksPath ? { keys: source.keys } : { sessions: source.sessions });
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    response.setHeader('etag', etag);
    return ifNoneMatch === etag ? end(response, 304, '') : end(response, 200, body);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const source: KeySource = {
    userServiceUrl: origin,
    keys,
    sessions: [],
    mode: 'answering',
    requests,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return source;
}

function end(response: ServerResponse, status: number, body: string): number {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  return status;
}
