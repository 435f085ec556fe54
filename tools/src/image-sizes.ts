import manifest from '../../package.json' with { type: 'json' };
import { apps, imageName, DockerFault, sizeOverBase } from './app-images.ts';
import { readCommandLine } from '@tasktracker/command-line';

const limitMegabytes = 120;
const usage = `npm run images:sizes -- [--tag TAG] [--registry HOST[:PORT]]

What the layers of each image add to those of its base, unpacked; fails above ${limitMegabytes} MB.
`;
const { values } = readCommandLine(usage, {
  options: { tag: { type: 'string', default: manifest.version }, registry: { type: 'string' } },
});
try {
  for (const app of apps) report(imageName(app, values));
} catch (error) {
  if (!(error instanceof DockerFault)) throw error;
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
