import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import {
  endedSessionsPath,
  jwksPath,
  type EndedSessionChanges,
  type EndedSessions,
  type JwkSet,
} from '@tasktracker/contracts';

/** What verifiers poll of the user service, on a real socket; its faults can be chosen. */
export interface KeySource {
  /** Its origin. */
  readonly userServiceUrl: string;
  keys: JwkSet['keys'];
  sessions: EndedSessions['sessions'];
  /** The most sessions that one answer names. */
  pageSize: number;
  /** So many pages of changes are answered, then one is refused with 500, and so on. */
  failsAfter: number;
  /** As the release before was: no changes, only the whole list. */
  isOfReleaseBefore: boolean;
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
  let listed: EndedSessions['sessions'] = [];
  let lists = 0;
  let answered = 0;

  /** From the beginning whenever the list is another one. */
  function changes(cursor: string | undefined): EndedSessionChanges {
    if (source.sessions !== listed) [listed, lists] = [source.sessions, lists + 1];
    const [list, place] = (cursor ?? '').split('-');
    const from = Number(list) === lists ? Number(place) : 0;
    const page = source.sessions.slice(from, from + source.pageSize);
    const byMinute = Map.groupBy(page, ({ until }) => Math.ceil(until / 60) * 60);
    return {
      ended: [...byMinute].map(([until, sessions]) => ({ until, sids: sessions.map(({ sid }) => sid).join(',') })),
      next_cursor: `${lists}-${from + page.length}`,
      has_more: from + page.length < source.sessions.length,
    };
  }

  function answer(path: string, ifNoneMatch: string | undefined, response: ServerResponse): number {
    if (source.mode === 'silent') return 0;
    if (source.mode === 'failing') return end(response, 500, '');
    if (source.mode === 'nonsense') return end(response, 200, '{"keys":3}');
    const [pathname = '', cursor] = path.split('?cursor=');
    if (pathname !== jwksPath && pathname !== endedSessionsPath) {
      if (source.isOfReleaseBefore) return end(response, 404, '');
      answered = answered === source.failsAfter ? 0 : answered + 1;
      return answered === 0 ? end(response, 500, '') : end(response, 200, JSON.stringify(changes(cursor)));
    }
    const body = JSON.stringify(pathname === jwksPath ? { keys: source.keys } : { sessions: source.sessions });
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
    sessions: listed,
    pageSize: 1_000,
    failsAfter: Infinity,
    isOfReleaseBefore: false,
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
