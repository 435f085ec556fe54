import { writeFileSync } from 'node:fs';
import { contractDocument } from './contract-document.ts';
import { appReadmes } from './app-readmes.ts';
import { errorsDocument } from './errors-document.ts';

const documents = { 'docs/errors.md': errorsDocument, 'docs/contract-tests.md': contractDocument };

for (const [path, text] of await appReadmes()) {
  writeFileSync(new URL(`../../${path}`, import.meta.url), text);
  console.log(`${path} written`);
}
for (const [path, toText] of Object.entries(documents)) {
  writeFileSync(new URL(`../../${path}`, import.meta.url), await toText());
  console.log(`${path} written`);
}
