import { bundleApp } from './bundle-app.ts';
import { readCommandLine, refuse } from '@tasktracker/command-line';

const usage = 'node tools/src/bundle.ts APP FOLDER\n\nPuts into FOLDER what the image of an app contains.\n';
const {
  positionals: [app, folder],
} = readCommandLine(usage, { allowPositionals: true });
if (app === undefined || folder === undefined) refuse('Name an app and a folder.', usage);
await bundleApp(app, folder);
