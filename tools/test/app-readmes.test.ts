import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appReadmes, readmeSections } from '../src/app-readmes.ts';

const root = join(import.meta.dirname, '../..');
const readmes = await appReadmes();

describe.each([...readmes])('%s', (path, renewed) => {
  const text = readFileSync(join(root, path), 'utf8');

  it('says what calls what, and every variable with its default, as the code does (npm run docs:write)', () => {
    expect(text).toBe(renewed);
  });

  it('has the shape of all: what the app owns, calls and is called by, its environment and its alerts', () => {
    const sections = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(sections.slice(0, readmeSections.length)).toEqual(readmeSections);
  });
});
