import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { listErrorFiles, readErrorCatalogue } from '../src/error-catalogue.ts';
import { errorsDocument } from '../src/errors-document.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

const errorFiles = listErrorFiles();
const errors = await readErrorCatalogue();
const otherSources = globSync('{apps,packages}/*/src/**/*.ts', {
  cwd: root,
  exclude: ['**/generated/**', '**/testing/**', '**/*.test.ts'],
})
  .filter((path) => !errorFiles.includes(path))
  .map(read)
  .join('\n');

/** Each class of the error files, with the code that it gives its problem. */
const classes = errorFiles.flatMap((file) =>
  read(file)
    .split(/^export class /m)
    .slice(1)
    .map((text) => ({
      file,
      name: /^\w+/.exec(text)?.[0] ?? '',
      base: /^\w+ extends (\w+)/.exec(text)?.[1] ?? '',
      code: /super\(\s*\w+Errors\.([A-Z_]+)/.exec(text)?.[1],
    })),
);

const byFile = (entries: readonly { file: string; code: string | undefined }[]): string[] =>
  entries.map(({ file, code }) => `${file}: ${code}`).toSorted();

describe('the error codes', () => {
  it('are what docs/errors.md says (npm run docs:write makes it)', async () => {
    expect(read('docs/errors.md')).toBe(await errorsDocument());
  });

  it('are defined once, whatever the service', () => {
    const codes = errors.map(({ code }) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
    expect(codes.length).toBeGreaterThan(15);
  });

  it('have one class each, in the same file', () => {
    // A subclass has other words and headers, and the same code.
    const own = classes.filter(({ base }) => base === 'Problem');
    expect(byFile(own)).toEqual(byFile(errors));
    const bases = new Set(own.map(({ name }) => name));
    expect(classes.filter(({ base }) => base !== 'Problem' && !bases.has(base))).toEqual([]);
  });

  it('are all in use', () => {
    // `new X(` where it is thrown, or the class itself, passed on to be instantiated.
    const unused = classes.filter(({ name }) => !new RegExp(`(new |[:?] )${name}\\b`).test(otherSources));
    expect(unused).toEqual([]);
  });

  it('are given to problems nowhere else', () => {
    expect(otherSources).not.toMatch(/extends Problem\b|defineErrors\(\{/);
  });
});
