import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleApp } from '../src/bundle-app.ts';

const folder = mkdtempSync(join(tmpdir(), 'tasktracker-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts a program of the bundle where there is no `node_modules`. */
function start(app: string, program: string) {
  const { status, stderr } = spawnSync(process.execPath, [join(folder, app, 'dist', program)], {
    cwd: folder,
    encoding: 'utf8',
    env: {},
  });
  return { status, stderr };
}

describe('the bundle of a service with a database', () => {
  beforeAll(() => bundleApp('user', join(folder, 'user')), 30_000);

  it('starts its programs by itself, as far as asking for their configuration', () => {
    expect(start('user', 'server.js')).toEqual({
      status: 1,
      stderr: expect.stringContaining('DATABASE_URL is missing'),
    });
    expect(start('user', 'migrate.js')).toEqual({
      status: 1,
      stderr: expect.stringContaining('MIGRATION_DATABASE_URL must be the URL'),
    });
  });

  it('contains its migrations, the engine that applies them and the files that packages read', () => {
    expect(readdirSync(join(folder, 'user')).toSorted()).toEqual(['dist', 'prisma']);
    expect(readdirSync(join(folder, 'user/prisma/migrations'))).toContain('migration_lock.toml');
    const files = ['schema_engine_bg.wasm', 'assets/@fastify/swagger-ui/static/swagger-ui.css'];
    expect(files.filter((file) => !existsSync(join(folder, 'user/dist', file)))).toEqual([]);
    const bindings = readdirSync(join(folder, 'user/dist/assets')).filter((file) => file.endsWith('.node'));
    expect(bindings).toEqual([expect.stringContaining(`argon2.${process.platform}-${process.arch}`)]);
  });
});

describe('the bundle of a service without one', () => {
  it('has its server alone', async () => {
    await bundleApp('stats', join(folder, 'stats'));
    expect(readdirSync(join(folder, 'stats'))).toEqual(['dist']);
    expect(existsSync(join(folder, 'stats/dist/migrate.js'))).toBe(false);
    expect(start('stats', 'server.js')).toEqual({
      status: 1,
      stderr: expect.stringContaining('USER_SERVICE_URL is missing'),
    });
  });
});
