import { readFileSync } from 'node:fs';

export interface TableEntry {
  /** The promise of the contract, as its row quotes it. */
  promise: string;
  /** A test file, from the repository's root. */
  file: string;
  /** The test's name as its source writes it. */
  name: string;
}

const root = new URL('../../', import.meta.url);
const journey = /^[a-z-]+$/;

/** The file of the repository behind a path of the table. */
export function repositoryFile(path: string): URL {
  return new URL(path, root);
}

/** Reads docs/contract-tests.md: rows `| promise | file › name<br>file › name |`; a file without a slash is a journey. */
export function readContractTable(): TableEntry[] {
  const lines = readFileSync(repositoryFile('docs/contract-tests.md'), 'utf8').split('\n');
  const rows = lines.filter((line) => line.startsWith('| ') && line.includes(' › '));
  return rows.flatMap((row) => {
    const [promise = '', tests = ''] = row.slice(2, -2).split(' | ');
    return tests.split('<br>').map((test) => {
      const [file = '', name = ''] = test.split(' › ');
      const path = file.replaceAll('`', '');
      return { promise, file: journey.test(path) ? `e2e/test/${path}.journey.test.ts` : path, name };
    });
  });
}
