import { parseArgs } from 'node:util';
import manifest from '../../package.json' with { type: 'json' };
import { apps, imageName, sizeOverBase } from './app-images.ts';

// npm run images:sizes -- [--tag TAG] [--registry HOST[:PORT]]: what each image adds to its base; fails above the limit.
const limitMegabytes = 120;
const { values } = parseArgs({
  options: { tag: { type: 'string', default: manifest.version }, registry: { type: 'string' } },
});
for (const app of apps) {
  const name = imageName(app, values);
  const megabytes = sizeOverBase(name) / 1e6;
  console.log(`${name}  ${megabytes.toFixed(1)} MB over its base`);
  if (megabytes > limitMegabytes) {
    console.error(`${name} is above the limit of ${limitMegabytes} MB.`);
    process.exitCode = 1;
  }
}
