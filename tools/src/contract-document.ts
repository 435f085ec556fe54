import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { contractPromises } from './contract-promises.ts';
import { taggedTestsIn } from './tagged-tests.ts';

const root = new URL('../../', import.meta.url);

export interface Proof {
  /** The test's file, from the repository's root. */
  readonly file: string;
  /** The test's name. */
  readonly name: string;
  /** Keys of the promises that it proves; empty for a test of something else. */
  readonly tags: readonly string[];
}

/** Every test of the repository and what it proves; journeys first, then by file. */
export function readProofs(): Proof[] {
  const files = globSync('{apps,packages,e2e,local,helm}/**/*.test.ts', {
    cwd: fileURLToPath(root),
    exclude: ['**/node_modules/**', '**/src/generated/**'],
  });
  const ordered = files.toSorted((one, other) => order(one).localeCompare(order(other)));
  return ordered.flatMap((file) => taggedTestsIn(new URL(file, root)).map((test) => ({ file, ...test })));
}

function order(file: string): string {
  return `${file.startsWith('e2e/') ? 0 : 1} ${file}`;
}

const introduction = `# Which test proves which promise

Every promise of the v1 API contract, in the contract's order, and the tests that prove it. Made by \`npm run docs:write\` from the
tags in the tests; \`npx vitest run --tags-filter=KEY\` in a project runs the tests of one promise.

A name without a path is a journey, \`e2e/test/NAME.journey.test.ts\`: it asks a running system through its gateway, and each
service that has an address of its own (\`npm run e2e -- --url URL\`). What a client cannot cause (a clock that moves on, a service
that is down, an account that an operator disabled) is proven by the apps' integration tests on a real Postgres. Beyond these,
every answer that any journey receives is checked: a request id, no redirect, no cookie, nothing after a 204, and each error a
complete problem ([every-answer.ts](../e2e/src/every-answer.ts)).
`;

/** The text of docs/contract-tests.md. */
export function contractDocument(): string {
  const proofs = readProofs();
  const sections = Object.entries<Record<string, string>>(contractPromises).map(([title, promises]) => {
    const rows = Object.entries(promises).map(([key, words]) => {
      const tests = proofs.filter(({ tags }) => tags.includes(key)).map(cell);
      return `| ${words} | \`${key}\` | ${tests.join('<br>')} |`;
    });
    return `## ${title}\n\n| promise | key | tests |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return [introduction, ...sections].join('\n');
}

function cell({ file, name }: Proof): string {
  const journey = /^e2e\/test\/(.+)\.journey\.test\.ts$/.exec(file)?.[1];
  return `\`${journey ?? file}\` › ${name.replaceAll('|', '\\|')}`;
}
