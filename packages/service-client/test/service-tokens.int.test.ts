import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServiceTokens, type ServiceTokens } from '../src/service-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'tasktracker-secret-'));
const secretFile = join(folder, 'task');
let server: Server;
let tokens: ServiceTokens;
/** What the user service takes. */
let accepted: string[];
let status: number;
let expiresIn: number;
let asked: { authorization: string | undefined; body: string; type: string | undefined }[];

beforeEach(async () => {
  [accepted, status, expiresIn, asked] = [['one secret'], 200, 300, []];
  writeFileSync(secretFile, 'one secret\n');
  server = createServer((request, response) => {
    const answer = (body: string): void => {
      const { authorization, 'content-type': type } = request.headers;
      asked.push({ authorization, body, type });
      const [, secret] = Buffer.from(authorization?.slice('Basic '.length) ?? '', 'base64')
        .toString()
        .split(':');
      const isGood = accepted.includes(decodeURIComponent((secret ?? '').replaceAll('+', ' ')));
      response.writeHead(isGood ? status : 401, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({ access_token: `token ${asked.length}`, token_type: 'bearer', expires_in: expiresIn }),
      );
    };
    void text(request).then(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  tokens = createServiceTokens({ userServiceUrl: `http://127.0.0.1:${port}`, service: 'task', secretFile });
});

afterEach(async () => {
  await tokens.close();
  server.close();
  server.closeAllConnections();
});

describe('the tokens of a service', () => {
  it('are asked for by client credentials, in the encoding of RFC 6749', async () => {
    expect(await tokens.token()).toBe('token 1');
    expect(asked).toEqual([
      {
        authorization: `Basic ${Buffer.from('task:one+secret').toString('base64')}`,
        body: 'grant_type=client_credentials',
        type: 'application/x-www-form-urlencoded',
      },
    ]);
  });

  it('are used as long as they are good, and asked for once by all who need one', async () => {
    expect(await Promise.all([tokens.token(), tokens.token()])).toEqual(['token 1', 'token 1']);
    expect(await tokens.token()).toBe('token 1');
    tokens.forget();
    expect(await tokens.token()).toBe('token 2');
  });

  it('are not used until their last moment', async () => {
    expiresIn = 1;
    expect(await tokens.token()).toBe('token 1');
    await expect.poll(() => tokens.token(), { interval: 50 }).toBe('token 2');
  });

  it(
    'are given while one secret takes the place of another, in whichever order',
    { tags: ['service-secrets'] },
    async () => {
      writeFileSync(secretFile, 'next secret\none secret\n');
      expect(await tokens.token()).toBe('token 2');
      accepted = ['next secret'];
      tokens.forget();
      expect(await tokens.token()).toBe('token 3');
    },
  );

  it('are none where the secret is unknown, the file is not there or the user service fails, and come again', async () => {
    accepted = [];
    await expect(tokens.token()).rejects.toThrow('knows no secret of service task');
    [accepted, status] = [['one secret'], 500];
    await expect(tokens.token()).rejects.toThrow('500');
    rmSync(secretFile);
    await expect(tokens.token()).rejects.toThrow('ENOENT');
    writeFileSync(secretFile, 'one secret');
    status = 200;
    expect(await tokens.token()).toMatch(/^token \d+$/);
  });
});
