import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

const entry = new URL('../src/service-client.ts', import.meta.url).href;

/** What a process has loaded that calls services, and by that what serves: files of packages, and Node's own modules. */
function loadedModules(): string {
  const program = `
    import { createRequire } from 'node:module';
    await import(${JSON.stringify(entry)});
    const files = Object.keys(createRequire(import.meta.url).cache);
    process.stdout.write([...files, ...process.moduleLoadList].join('\\n'));`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', program]).toString();
}

it('a service loads nothing at its start that only some requests need', () => {
  const loaded = loadedModules();
  expect(loaded).toContain('/node_modules/fastify/');
  for (const needless of ['swagger-ui', 'pino-pretty', '/undici/lib/web/', 'internal/deps/undici']) {
    expect(loaded).not.toContain(needless);
  }
});
