import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contractDocument, readProofs } from '../src/contract-document.ts';
import taskDocument from '../../apps/task/openapi.json' with { type: 'json' };
import { contractPromises, promiseTags } from '../src/contract-promises.ts';

const proofs = readProofs();
const journeys = Map.groupBy(
  proofs.filter(({ file }) => file.startsWith('e2e/test/')),
  ({ file }) => file,
);

describe('docs/contract-tests.md', () => {
  it('is what the tags in the tests say (npm run docs:write makes it)', () => {
    expect(readFileSync(new URL('../../docs/contract-tests.md', import.meta.url), 'utf8')).toBe(contractDocument());
  });

  it('has a test for every promise', () => {
    const proven = new Set(proofs.flatMap(({ tags }) => tags));
    expect(promiseTags.filter(({ name }) => !proven.has(name))).toEqual([]);
    expect(promiseTags.length).toBeGreaterThan(100);
  });

  it('knows every tag, each once', () => {
    const keys = Object.values(contractPromises).flatMap((promises) => Object.keys(promises));
    expect(keys).toEqual([...new Set(keys)]);
    expect(proofs.flatMap(({ tags }) => tags).filter((tag) => !keys.includes(tag))).toEqual([]);
  });
});

describe('the promises', () => {
  const { TaskCreation, TaskUpdate } = taskDocument.components.schemas;
  const parameters = taskDocument.paths['/api/v1/tasks'].get.parameters.map(({ name }) => name);
  const members = Object.keys({ ...TaskCreation.properties, ...TaskUpdate.properties });

  it.each([...new Set([...parameters, ...members])])('name what the list of tasks or a body takes: %s', (name) => {
    const words = promiseTags.map(({ description }) => description);
    expect(
      words.some((each) => each.includes(`\`${name}\``)),
      `no line of contract-promises.ts names ${name}`,
    ).toBe(true);
  });
});

describe('the journeys', () => {
  it.each([...journeys])('have names of their own and each prove a promise: %s', (_file, tests) => {
    const names = tests.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(tests.filter(({ tags }) => tags.length === 0)).toEqual([]);
  });
});
