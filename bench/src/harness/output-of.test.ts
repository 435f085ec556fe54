import { expect, it } from 'vitest';
import { outputOf } from './output-of.ts';

it('a program gives what it prints, and the environment that it is told', async () => {
  expect(await outputOf('sh', ['-c', 'echo "$WORD"'], { PATH: process.env['PATH'], WORD: 'so' })).toBe('so\n');
});

it('a program that fails says why', async () => {
  await expect(outputOf('sh', ['-c', 'echo no >&2; exit 3'])).rejects.toThrow('sh ended with 3: no');
  await expect(outputOf('sh', ['-c', 'kill -9 $$'])).rejects.toThrow('sh ended with SIGKILL');
  await expect(outputOf('/nowhere/sh', [])).rejects.toThrow('ENOENT');
});
