import { bundleApp } from './bundle-app.ts';

// node tools/src/bundle.ts APP FOLDER
const [app, folder] = process.argv.slice(2);
if (app === undefined || folder === undefined) throw new Error('usage: node tools/src/bundle.ts APP FOLDER');
await bundleApp(app, folder);
