// The least that a proxy costs in Node: its own HTTP server, undici's dispatch, headers as they come. No policy, no log, no
// error handling: not a peer, but the limit of what the gateway is built on.
import { createServer } from 'node:http';
import { Pool } from 'undici';

const pool = new Pool(process.env['UPSTREAM'] ?? '', { connections: 128 });

const server = createServer((request, response) => {
  const { method = 'GET', url: path = '/', rawHeaders } = request;
  let body: Buffer | undefined;
  pool.dispatch(
    { method, path, headers: withoutConnection(rawHeaders) },
    {
      onRequestStart() {},
      onResponseStart(controller, status) {
        response.writeHead(status, withoutConnection(toStrings(controller.rawHeaders)));
      },
      onResponseData(_controller, chunk) {
        body = body ? Buffer.concat([body, chunk]) : chunk;
      },
      onResponseEnd: () => void response.end(body),
      onResponseError: () => void response.destroy(),
    },
  );
});
server.listen(Number(process.env['PORT']), '127.0.0.1');

function toStrings(headers: unknown): string[] {
  return Array.isArray(headers) ? headers.map((each: Buffer | string) => each.toString('latin1')) : [];
}

/** Names and values in turn. */
function withoutConnection(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let place = 0; place < headers.length; place += 2) {
    const name = headers[place] ?? '';
    if (name.length === 10 && name.toLowerCase() === 'connection') continue;
    kept.push(name, headers[place + 1] ?? '');
  }
  return kept;
}
