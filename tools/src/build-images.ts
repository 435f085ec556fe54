import { parseArgs } from 'node:util';
import manifest from '../../package.json' with { type: 'json' };
import { apps, buildImage, imageName, pushImage } from './app-images.ts';

// npm run images -- [--tag TAG] [--registry HOST[:PORT] --push] [-- arguments of docker build]
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tag: { type: 'string', default: manifest.version },
    registry: { type: 'string' },
    push: { type: 'boolean', default: false },
  },
});
for (const app of apps) {
  const started = performance.now();
  const name = imageName(app, values);
  buildImage(app, name, positionals);
  if (values.push) pushImage(name);
  console.log(`${name}  ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
