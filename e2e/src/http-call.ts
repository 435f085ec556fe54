import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Answer } from './answer.ts';
import type { Target } from './journey-target.ts';
import { checkPromisesOfEveryAnswer } from './every-answer.ts';

export interface CallOptions {
  /** Sent as `Authorization: Bearer …`. */
  token?: string;
  headers?: Record<string, string | string[]>;
  /** Sent as `application/json`; use `body` for bytes that are not JSON. */
  json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  form?: Record<string, string>;
  /** Sent as it is, without a content type. */
  body?: string | Buffer;
  /** Sends the body without `Content-Length`. */
  chunked?: boolean;
}

const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };

/**
 * Sends one HTTP request exactly as written: follows no redirect, adds no header beyond what HTTP/1.1 needs, leaves the
 * path as it is. Checks what the contract promises of every answer.
 */
export async function call(target: Target, method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const { headers, body } = encode(options);
  const { response, text } = await exchange(target, method, path, headers, body, options.chunked ?? false);
  const answer = { status: response.statusCode ?? 0, headers: response.headers, text, json: parseJson(response, text) };
  checkPromisesOfEveryAnswer(`${method} ${path.slice(0, 200)}`, answer);
  return answer;
}

function encode(options: CallOptions): { headers: Record<string, string | string[]>; body: Buffer | undefined } {
  const headers: Record<string, string | string[]> = {};
  let body = options.body === undefined ? undefined : Buffer.from(options.body);
  if (options.json !== undefined) {
    headers['content-type'] = 'application/json';
    body = Buffer.from(JSON.stringify(options.json));
  } else if (options.form) {
    headers['content-type'] = 'application/x-www-form-urlencoded';
    body = Buffer.from(new URLSearchParams(options.form).toString());
  }
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
  Object.assign(headers, options.headers);
  if (body && !options.chunked) headers['content-length'] = String(body.length);
  return { headers, body };
}

function exchange(
  target: Target,
  method: string,
  path: string,
  headers: Record<string, string | string[]>,
  body: Buffer | undefined,
  chunked: boolean,
): Promise<{ response: IncomingMessage; text: string }> {
  const { protocol, hostname, port } = target.origin;
  const secure = protocol === 'https:';
  const options = { method, path, hostname: hostname.replace(/^\[|\]$/g, ''), port, headers };
  return new Promise((resolve, reject) => {
    const request = secure
      ? httpsRequest({ ...options, agent: agents.https })
      : httpRequest({ ...options, agent: agents.http });
    // A server may refuse a body before it has read all of it; then the answer counts, not the broken write.
    let answered = false;
    request.once('response', (response) => {
      answered = true;
      readText(response).then((text) => resolve({ response, text }), reject);
    });
    request.on('error', (error) => {
      if (!answered) reject(new Error(`${method} ${path.slice(0, 200)} got no answer`, { cause: error }));
    });
    request.setTimeout(20_000, () => request.destroy(new Error('no answer within 20 s')));
    if (chunked) request.setHeader('transfer-encoding', 'chunked');
    request.end(body);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
}

function parseJson(response: IncomingMessage, text: string): unknown {
  if (!/^application\/([a-z.]+\+)?json\b/.test(response.headers['content-type'] ?? '')) return undefined;
  const value: unknown = JSON.parse(text);
  return value;
}
