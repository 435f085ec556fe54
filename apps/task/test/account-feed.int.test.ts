import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@tasktracker/service-kit';
import { expect, it, onTestFinished } from 'vitest';
import { parseTaskConfig } from '../src/config.ts';
import { openDeps } from '../src/deps.ts';

it(
  'hears at first of all that the log of accounts has: one may have been deleted before the first question',
  { tags: ['account-deletion-everywhere'] },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tasktracker-secret-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const secretFile = join(folder, 'task');
    writeFileSync(secretFile, 'a secret');
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'application/json', 'next-position': '1-0' });
      response.end(request.method === 'POST' ? '{"access_token":"a token","expires_in":300}' : '[]');
    });
    onTestFinished(() => void server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const config = parseTaskConfig({
      PORT: '0',
      DATABASE_URL: 'postgres://task_app@nowhere.invalid/task',
      USER_SERVICE_URL: `http://127.0.0.1:${port}`,
      SERVICE_SECRET_FILE: secretFile,
    });
    const deps = openDeps(config, createLogger('task-service', 'silent'));
    onTestFinished(() => deps.close());
    await deps.accountFeed?.read(null, new AbortController().signal);
    expect(asked).toEqual(['/api/v1/auth/token', expect.stringContaining('after=oldest')]);
  },
);
