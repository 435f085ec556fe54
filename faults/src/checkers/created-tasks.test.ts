import { expect, it } from 'vitest';
import { checkCreatedTasks, type CreatedTasks } from './created-tasks.ts';

const kinds = (input: CreatedTasks): string[] => checkCreatedTasks(input).map(({ kind }) => kind);
const made = { tag: 'a', outcome: 'done', id: 1 } as const;
const unknown = { tag: 'a', outcome: 'unknown' } as const;
const refused = { tag: 'a', outcome: 'refused' } as const;

it('finds nothing where each acknowledged task is there once', () => {
  expect(kinds({ attempts: [made], stored: [{ id: 1, tag: 'a' }] })).toEqual([]);
  expect(kinds({ attempts: [unknown], stored: [{ id: 1, tag: 'a' }] })).toEqual([]);
  expect(kinds({ attempts: [unknown], stored: [] })).toEqual([]);
  expect(kinds({ attempts: [refused], stored: [] })).toEqual([]);
  expect(kinds({ attempts: [unknown, made], stored: [{ id: 1, tag: 'a' }] })).toEqual([]);
});

it.each<[string, CreatedTasks]>([
  ['lost', { attempts: [made], stored: [] }],
  ['lost', { attempts: [{ tag: 'a', outcome: 'done' }], stored: [] }],
  ['made up', { attempts: [], stored: [{ id: 1, tag: 'a' }] }],
  ['made up', { attempts: [refused], stored: [{ id: 1, tag: 'a' }] }],
  [
    'doubled',
    {
      attempts: [unknown],
      stored: [
        { id: 1, tag: 'a' },
        { id: 2, tag: 'a' },
      ],
    },
  ],
  [
    'doubled',
    {
      attempts: [made],
      stored: [
        { id: 1, tag: 'a' },
        { id: 2, tag: 'a' },
      ],
    },
  ],
  ['doubled', { attempts: [made], stored: [{ id: 2, tag: 'a' }], maybeDeleted: new Set([1]) }],
  [
    'answered twice',
    { attempts: [made, { ...made, id: 2 }], stored: [{ id: 1, tag: 'a' }], maybeDeleted: new Set([2]) },
  ],
])('finds a task that is %s', (kind, input) => {
  expect(kinds(input)).toContain(kind);
});

it('takes a task for deleted only if that was asked for', () => {
  expect(kinds({ attempts: [made], stored: [], maybeDeleted: new Set([1]) })).toEqual([]);
  expect(kinds({ attempts: [made], stored: [], maybeDeleted: new Set([2]) })).toEqual(['lost']);
});
