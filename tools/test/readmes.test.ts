import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
    expect(text).toMatch(/^## Alerts\n\n\| sign +\| what it means +\| what to do +\|$/m);
  });
});

describe.each(globSync('packages/*/README.md', { cwd: root }))('%s', (path) => {
  it("has the shape of all: the package's name, what it is for, what it depends on", () => {
    const manifest: { name: string; dependencies?: object } = JSON.parse(
      readFileSync(join(root, dirname(path), 'package.json'), 'utf8'),
    );
    const used = Object.keys(manifest.dependencies ?? {}).flatMap(
      (name) => /^@tasktracker\/(.*)$/.exec(name)?.[1] ?? [],
    );
    const words = used.length === 0 ? 'no other package' : used.map((name) => `\`${name}\``).join(', ');
    const [title, purpose, dependencies] = readFileSync(join(root, path), 'utf8').split('\n\n');
    expect(title).toBe(`# ${manifest.name}`);
    expect(purpose).toMatch(/^[A-Z][^]*\.$/);
    expect(dependencies).toBe(`Depends on ${words}.`);
  });
});
