import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { catalogue } from '@tasktracker/errors';
import { describe, expect, it } from 'vitest';
import { errorsDocument } from '../src/errors-document.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

describe('the error catalogue', () => {
  it('is what docs/errors.md says (npm run docs:write makes it)', () => {
    expect(read('docs/errors.md')).toBe(errorsDocument());
  });

  it('has no code that nothing throws', () => {
    const problems = read('packages/errors/src/problems.ts');
    const sources = globSync('{apps,packages}/*/src/**/*.ts', {
      cwd: root,
      exclude: ['**/generated/**', '**/*.test.ts'],
    })
      .filter((path) => !path.startsWith('packages/errors/'))
      .map(read)
      .join('\n');
    const unused = Object.keys(catalogue).filter((code) => {
      if (sources.includes(`'${code}'`)) return false;
      const className = new RegExp(`class (\\w+) extends Problem \\{(?:(?!\\n\\}).)*super\\('${code}'`, 's').exec(
        problems,
      )?.[1];
      return className === undefined || !sources.includes(`new ${className}(`);
    });
    expect(unused).toEqual([]);
  });
});
