import { request, type Agent, type IncomingMessage } from 'node:http';
import type { LoadPlan } from './load-plan.ts';
import type { LoadRequest } from './load-requests.ts';

/** How one request ended. */
export interface Sent {
  readonly request: LoadRequest;
  readonly ok: boolean;
  /** The status, with the kind of body and headers for a refusal; without an answer, the error's code. */
  readonly outcome: string;
  readonly detail: string;
  readonly body: string;
  /** The connection had carried a request before. */
  readonly reused: boolean;
  /** Epoch milliseconds. */
  readonly sentAt: number;
}

/** Long enough for two lost packets in a row, too short for an address where nobody is any more. */
const connectTimeoutMs = 4_000;

/** Sends one request, never again, and never throws. */
export function sendRequest(plan: LoadPlan, agent: Agent, sending: LoadRequest, id: string): Promise<Sent> {
  const { method, path, body } = sending;
  const headers: Record<string, string> = { authorization: `Bearer ${plan.accessToken}`, 'x-request-id': id };
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = String(Buffer.byteLength(body));
  }
  const sentAt = Date.now();
  return new Promise((resolve) => {
    const outgoing = request(new URL(path, plan.target), { method, headers, agent });
    const end = (ok: boolean, outcome: string, answer: string): void => {
      clearTimeout(deadline);
      const detail = ok
        ? ''
        : `${id} ${method} ${path} at ${new Date(sentAt).toISOString()}, after ${Date.now() - sentAt} ms: ${answer.slice(0, 300)}`;
      resolve({ request: sending, ok, outcome, detail, body: answer, reused: outgoing.reusedSocket, sentAt });
    };
    const fail = (error: NodeJS.ErrnoException): void => {
      const code = error.code ?? error.message;
      end(false, `${code} on a ${outgoing.reusedSocket ? 'reused' : 'new'} connection`, '');
    };
    const deadline = setTimeout(() => outgoing.destroy(new Error('no answer in time')), plan.timeoutMs);
    outgoing.once('socket', (socket) => {
      if (!socket.connecting) return;
      const connectDeadline = setTimeout(() => outgoing.destroy(new Error('no connection in time')), connectTimeoutMs);
      socket.once('connect', () => clearTimeout(connectDeadline)).once('close', () => clearTimeout(connectDeadline));
    });
    outgoing.once('error', fail);
    outgoing.once('response', (response) => {
      const ok = response.statusCode === sending.expectedStatus;
      const outcome = ok ? String(response.statusCode) : refusal(response);
      readAll(response).then((answer) => end(ok, outcome, answer), fail);
    });
    outgoing.end(body);
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function refusal({ statusCode, headers }: IncomingMessage): string {
  const kind = headers['content-type']?.startsWith('application/problem+json')
    ? 'problem'
    : 'answer that is not a problem';
  return `${statusCode} ${kind}${headers['retry-after'] === undefined ? '' : ' with Retry-After'}`;
}
