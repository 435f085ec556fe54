import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryDir } from '../stack/repository-dir.ts';
import { applyPatch } from './mutant.ts';
import { mutants } from './mutants.ts';

describe.each(mutants)('the mutant "$name"', ({ patches }) => {
  it('still finds what it replaces, once', () => {
    for (const patch of patches) {
      const source = readFileSync(join(repositoryDir, patch.file), 'utf8');
      expect(applyPatch(source, patch)).toContain(patch.replace);
    }
  });
});

it('a mutant whose text is gone, or is there twice, says so', () => {
  const patch = { file: 'a.ts', find: 'one', replace: 'two' };
  expect(applyPatch('at one place', patch)).toBe('at two place');
  expect(() => applyPatch('nowhere', patch)).toThrow(/a\.ts has 0 times, not once/);
  expect(() => applyPatch('one one', patch)).toThrow(/2 times/);
});
