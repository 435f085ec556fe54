import {
  request,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { read } from './scripted-service.ts';

export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request that `fetch` would tidy up or refuse, on a connection of its own. */
export async function rawCall(port: number, { body, ...options }: RawRequest): Promise<RawResponse> {
  const outgoing = openCall(port, options);
  outgoing.end(body);
  const response = await answerOf(outgoing);
  const text = await read(response);
  outgoing.destroy();
  return { status: response.statusCode ?? 0, headers: response.headers, body: text };
}

/** The same, left open for the test to write to, read from or cut. */
export function openCall(port: number, { method = 'GET', path, headers = {} }: RawRequest): ClientRequest {
  const outgoing = request({ host: '127.0.0.1', port, method, path, headers, agent: false });
  outgoing.on('error', () => undefined); // a test that cares waits for it
  return outgoing;
}

/** The head of the answer. Throws if the connection ends without one. */
export async function answerOf(outgoing: ClientRequest): Promise<IncomingMessage> {
  const answer = Promise.withResolvers<IncomingMessage>();
  outgoing.once('response', answer.resolve);
  outgoing.once('close', () => answer.reject(new Error('the connection ended without an answer')));
  return answer.promise;
}
