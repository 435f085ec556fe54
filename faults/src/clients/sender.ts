import { Pool } from 'undici';
import type { Exchange } from '../history/exchange.ts';

export type Asked = Omit<Exchange, 'index' | 'startedAt' | 'endedAt' | 'status' | 'body' | 'headers'>;

/** Sends requests, each once, and keeps how they ended. */
export interface Sender {
  /** With an access token, or as anybody. Never throws. */
  ask(asked: Asked, token?: string): Promise<Exchange>;
  readonly history: readonly Exchange[];
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Longer than any answer may take. */
const patienceMs = 15_000;
const keptHeaders = ['location', 'etag', 'retry-after', 'idempotency-replayed'];

/** `onEnd` hears of each request that ended. */
export function createSender(gatewayUrl: string, onEnd: (exchange: Exchange) => void): Sender {
  const pools = new Map<string, Pool>();
  const history: Exchange[] = [];
  const underWay = new Set<Promise<Exchange>>();
  let count = 0;

  function poolOf(origin: string): Pool {
    const pool = pools.get(origin) ?? new Pool(origin, { connections: 128, connect: { timeout: 5_000 } });
    pools.set(origin, pool);
    return pool;
  }

  async function send(asked: Asked, token: string | undefined): Promise<Exchange> {
    const index = count;
    count += 1;
    const startedAt = performance.now();
    const answer = await answerOf(poolOf(asked.place ?? gatewayUrl), asked, token);
    const exchange = { ...asked, index, startedAt, endedAt: performance.now(), ...answer };
    history.push(exchange);
    onEnd(exchange);
    return exchange;
  }

  return {
    history,
    ask(asked, token) {
      const sent = send(asked, token);
      underWay.add(sent);
      void sent.then(() => underWay.delete(sent));
      return sent;
    },
    async settled() {
      await Promise.all(underWay);
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

async function answerOf(
  pool: Pool,
  asked: Asked,
  token: string | undefined,
): Promise<Pick<Exchange, 'status' | 'body' | 'headers'>> {
  try {
    const answer = await pool.request({
      method: asked.method,
      path: asked.path,
      headers: headersOf(asked, token),
      ...(asked.sent !== undefined && { body: asked.sent }),
      signal: AbortSignal.timeout(patienceMs),
    });
    const body = await answer.body.text();
    return { status: answer.statusCode, body, headers: kept(answer.headers) };
  } catch (error) {
    return { status: 0, body: String(error), headers: {} };
  }
}

function headersOf({ sent, key, ifMatch }: Asked, token: string | undefined): Record<string, string> {
  return {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(sent !== undefined && { 'content-type': 'application/json' }),
    ...(key !== undefined && { 'idempotency-key': key }),
    ...(ifMatch !== undefined && { 'if-match': ifMatch }),
  };
}

function kept(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of keptHeaders) {
    const value = headers[name];
    if (value !== undefined) found[name] = String(value);
  }
  return found;
}
