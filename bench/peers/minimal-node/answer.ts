// The least that an answer costs in Node: its own HTTP server and the same bytes each time. Not a peer, but the limit of
// whatever is built on it.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const body = readFileSync(process.env['ANSWER'] ?? '');
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
  response.end(body);
});
server.listen(Number(process.env['PORT']), '127.0.0.1');
