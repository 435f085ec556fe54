import { readFile } from 'node:fs/promises';
import { Type, Value } from '@tasktracker/schema';
import { readWhole } from './read-whole.ts';
import { UnexpectedAnswer } from './unexpected-answer.ts';
import { createUpstream } from './upstream.ts';

/** Tokens of a service itself. */
export interface ServiceTokens {
  /** One that is good for a while. Throws if there is none: the user service is away, or knows no secret of ours. */
  token(): Promise<string>;
  /** The token was refused: the next one is another. */
  forget(): void;
  close(): Promise<void>;
}

interface ServiceTokensOptions {
  /** `http://host:port` */
  readonly userServiceUrl: string;
  /** As services are called: `task`. */
  readonly service: string;
  /** The file with its secrets, a line each, the one to use first. */
  readonly secretFile: string;
}

const tokenPath = '/api/v1/auth/token';
const timeoutMs = 5_000;
/** A token is used until so long before it ends: its request has time to arrive. */
const spareMs = 30_000;
const largestAnswerBytes = 16 * 1_024;
/** As many as the user service takes. */
const mostSecrets = 2;

const TokenAnswer = Type.Object({
  access_token: Type.String({ minLength: 1 }),
  expires_in: Type.Number({ minimum: 1 }),
});

/** Connects with the first token. The file is read with each token that is asked for, so that a secret can be changed. */
export function createServiceTokens({ userServiceUrl, service, secretFile }: ServiceTokensOptions): ServiceTokens {
  const upstream = createUpstream({ origin: userServiceUrl, maxConnections: 1, maxWaiting: 4 });
  let kept: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;

  async function askWith(secret: string): Promise<string | undefined> {
    const askedAt = performance.now();
    const { statusCode, body } = await upstream.request({
      method: 'POST',
      path: tokenPath,
      headers: { authorization: toBasic(service, secret), 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from('grant_type=client_credentials'),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const bytes = await readWhole(body, largestAnswerBytes);
    if (statusCode === 401) return undefined;
    if (statusCode !== 200) throw new UnexpectedAnswer(tokenPath, statusCode);
    const answer = Value.Parse(TokenAnswer, JSON.parse(bytes.toString('utf8')));
    const lifeMs = answer.expires_in * 1_000;
    kept = { token: answer.access_token, until: askedAt + Math.max(lifeMs / 2, lifeMs - spareMs) };
    return answer.access_token;
  }

  /** While one secret takes the place of another, the user service may know the second alone. */
  async function ask(): Promise<string> {
    const lines = (await readFile(secretFile, 'utf8')).split('\n').map((line) => line.trim());
    for (const secret of lines.filter(Boolean).slice(0, mostSecrets)) {
      const token = await askWith(secret);
      if (token !== undefined) return token;
    }
    throw new Error(`the user service knows no secret of service ${service}`);
  }

  return {
    async token() {
      if (kept !== undefined && performance.now() < kept.until) return kept.token;
      asking ??= ask().finally(() => (asking = undefined));
      return asking;
    },
    forget: () => (kept = undefined),
    close: () => upstream.close(),
  };
}

/** RFC 6749, 2.3.1: both parts encoded as in a form. */
function toBasic(id: string, secret: string): string {
  const [name, word] = [id, secret].map((part) => new URLSearchParams({ '': part }).toString().slice(1));
  return `Basic ${Buffer.from(`${name}:${word}`).toString('base64')}`;
}
