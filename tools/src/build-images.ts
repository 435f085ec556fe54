import manifest from '../../package.json' with { type: 'json' };
import { apps, buildImage, contentTag, DockerFault, imageName, pushImage, tagImage } from './app-images.ts';
import { giveUp, readCommandLine } from '@tasktracker/command-line';

const usage = `npm run images -- [--tag TAG] [--registry HOST[:PORT] [--push]] [-- ARGUMENT…]

Builds the image of each app.
  --tag        their tag, instead of one made from their contents
  --registry   the registry in their names
  --push       pushes them there
  ARGUMENT     goes to docker build, such as --network=host
`;

// Without a tag they get one made from their contents, which other contents never have, and also the version, in the
// local Docker alone.
const { values, positionals } = readCommandLine(usage, {
  allowPositionals: true,
  options: {
    tag: { type: 'string' },
    registry: { type: 'string' },
    push: { type: 'boolean', default: false },
  },
});
const { registry, push } = values;
const { version } = manifest;
try {
  build();
} catch (error) {
  if (!(error instanceof DockerFault)) throw error;
  giveUp(error.message);
}

function build(): void {
  const built = apps.map((app) => {
    const started = performance.now();
    const id = buildImage(app, values.tag ?? version, positionals);
    console.log(`${app}  ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return { app, id };
  });
  const tag =
    values.tag ??
    contentTag(
      version,
      built.map(({ id }) => id),
    );
  const names = built.map(({ app, id }) => {
    const name = imageName(app, { registry, tag });
    tagImage(id, name);
    if (values.tag === undefined) tagImage(id, imageName(app, { tag: version }));
    if (push) pushImage(name);
    return name;
  });
  console.log(`\n${names.join('\n')}\n`);
  if (!push) console.log(`Into a kind cluster: kind load docker-image ${names.join(' ')}`);
  const where = registry === undefined ? '' : ` --set image.registry=${registry}`;
  console.log(`With helm install or helm upgrade:${where} --set image.tag=${tag}`);
}
