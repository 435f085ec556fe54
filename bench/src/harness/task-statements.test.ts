import { describe, expect, it } from 'vitest';
import { readTaskStatements } from './task-statements.ts';

describe('the statements that peers share', () => {
  it('are those that the repository asks with', async () => {
    const beginnings = Object.entries(await readTaskStatements()).map(([name, text]) => [
      name,
      /SELECT|INSERT INTO tasks|DELETE FROM tasks/.exec(text)?.[0],
    ]);
    expect(Object.fromEntries(beginnings)).toEqual({
      get: 'SELECT',
      list: 'SELECT',
      create: 'INSERT INTO tasks',
      delete: 'DELETE FROM tasks',
      count: 'SELECT',
      lock: 'SELECT',
    });
  });
});
