import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { bundleFile } from '../src/bundle-file.ts';
import * as schema from '../src/schema.ts';
import * as typebox from '../src/typebox.ts';

const program = `
  import { Type, Value } from '${new URL('../src/schema.ts', import.meta.url).href}';
  const Person = Type.Object({ name: Type.String({ minLength: 1 }) });
  console.log(JSON.stringify([Person, Value.Check(Person, { name: '' }), Value.Check(Person, { name: 'Ada' })]));
`;

/** What a program prints, and which modules of TypeBox it has loaded. */
function run(...hooks: string[]): { said: unknown; modules: number } {
  const counted = `
    import { registerHooks } from 'node:module';
    let modules = 0;
    registerHooks({
      load(url, context, next) {
        if (url.includes('/node_modules/typebox/')) modules += 1;
        return next(url, context);
      },
    });
    process.on('exit', () => console.log(String(modules))); // a number may be printed in colour
  `;
  const imports = [counted, ...hooks].flatMap((code) => [
    '--import',
    `data:text/javascript,${encodeURIComponent(code)}`,
  ]);
  const { stdout, stderr } = spawnSync(process.execPath, [...imports, '--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  const [said = '', modules] = stdout.trim().split('\n');
  if (said === '') throw new Error(stderr);
  return { said: JSON.parse(said), modules: Number(modules) };
}

describe('schemas', () => {
  it('come from one file, which `npm ci` has made', () => {
    expect(existsSync(bundleFile), 'there is none for this TypeBox: run `npm install`').toBe(true);
    expect(run().modules).toBe(0);
  });

  it('are the same without that file, as after `npm ci --ignore-scripts`', () => {
    const missing = `
      import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const { existsSync } = fs;
      fs.existsSync = (path) => !String(path).includes('tasktracker-typebox') && existsSync(path);
      syncBuiltinESMExports();
    `;
    const without = run(missing);
    expect(without.modules).toBeGreaterThan(600);
    expect(without.said).toEqual(run().said);
  });

  it('have every export of the file, and no other', async () => {
    const names = Object.keys(typebox).toSorted();
    expect(Object.keys(await import(bundleFile.href)).toSorted()).toEqual(names);
    const present: [string, unknown][] = Object.entries(schema);
    expect(
      present
        .filter(([, value]) => value !== undefined)
        .map(([name]) => name)
        .toSorted(),
    ).toEqual(names);
  });
});
