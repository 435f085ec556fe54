import { writeFileSync } from 'node:fs';
import { contractDocument } from './contract-document.ts';
import { appReadmes } from './app-readmes.ts';
import { readCommandLine } from '@tasktracker/command-line';
import { errorsDocument } from './errors-document.ts';
import { performancePage } from '../../bench/src/report/performance-page.ts';
import { recordedGoals } from '../../bench/src/report/recorded-goals.ts';

const usage = `npm run docs:write

Writes what is made from the code: docs/errors.md, docs/contract-tests.md, docs/performance.md, blocks of each app's README. It takes no options.
`;
readCommandLine(usage, {});

const documents = {
  'docs/errors.md': errorsDocument,
  'docs/contract-tests.md': contractDocument,
  'docs/performance.md': () => performancePage(recordedGoals()),
};

for (const [path, text] of await appReadmes()) {
  writeFileSync(new URL(`../../${path}`, import.meta.url), text);
  console.log(`${path} written`);
}
for (const [path, toText] of Object.entries(documents)) {
  writeFileSync(new URL(`../../${path}`, import.meta.url), await toText());
  console.log(`${path} written`);
}
