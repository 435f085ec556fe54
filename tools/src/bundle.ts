import { bundleApp } from './bundle-app.ts';
import { readCommandLine, refuse } from '@tasktracker/command-line';

const usage = 'node tools/src/bundle.ts APP FOLDER\n\nMakes in FOLDER what the image of an app carries.\n';
const {
  positionals: [app, folder],
} = readCommandLine(usage, { allowPositionals: true });
if (app === undefined || folder === undefined) refuse('It takes an app and a folder.', usage);
await bundleApp(app, folder);
