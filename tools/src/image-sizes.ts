import { parseArgs } from 'node:util';
import manifest from '../../package.json' with { type: 'json' };
import { apps, imageName, MissingImage, sizeOverBase } from './app-images.ts';

// npm run images:sizes -- [--tag TAG] [--registry HOST[:PORT]]: what each image's layers add to those of its base,
// unpacked; fails above the limit.
const limitMegabytes = 120;
const { values } = parseArgs({
  options: { tag: { type: 'string', default: manifest.version }, registry: { type: 'string' } },
});
try {
  for (const app of apps) report(imageName(app, values));
} catch (error) {
  if (!(error instanceof MissingImage)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

function report(name: string): void {
  const megabytes = sizeOverBase(name) / 1e6;
  console.log(`${name}  ${megabytes.toFixed(1)} MB over its base, unpacked`);
  if (megabytes <= limitMegabytes) return;
  console.error(`${name} is above the limit of ${limitMegabytes} MB.`);
  process.exitCode = 1;
}
