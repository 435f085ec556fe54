import type { ServiceEntry } from '@tasktracker/contracts/services';
import { insertAfter, insertAtEndOfMap } from './insert-text.ts';

export type PlacedService = Pick<ServiceEntry, 'name' | 'port' | 'database' | 'calls'> & { readonly prefix: string };

/** A file beside the list of services that has lines for each of them. */
export interface ServicePlace {
  readonly file: string;
  /** What a service must have there: a description, and how to see it. */
  readonly needs: (service: PlacedService) => Readonly<Record<string, RegExp>>;
  /** The text with those lines, after those of `last`, the last service of the list so far. */
  readonly add: (text: string, service: PlacedService, last: string) => string;
}

/** What a place lacks of a service, as sentences that say what to write where. */
export function missingLines(place: ServicePlace, text: string, service: PlacedService): string[] {
  return Object.entries(place.needs(service))
    .filter(([, pattern]) => !pattern.test(text))
    .map(([words]) => `${place.file} lacks ${words}`);
}

const values = 'helm/tasktracker/values.yaml';
const production = 'helm/tasktracker/values-production.yaml';
const parts = { repository: 'REPO', tag: 'TAG', digest: 'DIGEST' };

export const servicePlaces: readonly ServicePlace[] = [
  {
    file: values,
    needs: ({ name, port }) => ({
      [`\`${name}: { port: ${port}, … }\` in its services`]: new RegExp(`^ {2}${name}:\\n {4}port: ${port}$`, 'm'),
    }),
    add: (text, { name, port, calls, database }) =>
      insertAtEndOfMap(
        text,
        'services',
        `  ${name}:\n    port: ${port}\n    calls: [${calls.join(', ')}]\n${database ? '    database: {}\n' : ''}`,
        values,
      ),
  },
  {
    file: production,
    needs: ({ name, database }) => ({
      [`\`${name}\` in its services`]: new RegExp(`^ {2}${name}:$`, 'm'),
      ...(database && {
        [`the Secret of the role ${name}_app`]: new RegExp(`existingSecret: tasktracker-${name}-db-${name}-app\\b`),
        [`the Secret of the role ${name}_migrate`]: new RegExp(`existingSecret: tasktracker-${name}-db-app\\b`),
      }),
    }),
    add: (text, { name, port, database }) =>
      insertAtEndOfMap(text, 'services', productionEntry(name, port, database), production),
  },
  {
    file: 'skaffold.yaml',
    needs: ({ name }) => ({
      [`an artifact tasktracker/${name}`]: new RegExp(
        `- image: tasktracker/${name}\\n +docker: \\{ target: runtime, buildArgs: \\{ APP: ${name} \\} \\}`,
      ),
      [`the patch of tasktracker/${name} in the profile host-network`]: new RegExp(
        `/build/artifacts/image=tasktracker~1${name}/docker/network`,
      ),
      ...Object.fromEntries(
        Object.entries(parts).map(([part, variable]) => [
          `services.${name}.image.${part} in setValueTemplates`,
          new RegExp(`services\\.${name}\\.image\\.${part}: '\\{\\{\\.IMAGE_${variable}_tasktracker_${name}\\}\\}'`),
        ]),
      ),
    }),
    add: addToSkaffold,
  },
  {
    file: 'k8s/postgres.yaml',
    needs: ({ name, database }) => ({
      ...(database && {
        [`a Cluster tasktracker-${name}-db`]: new RegExp(`^ {2}name: tasktracker-${name}-db$`, 'm'),
        [`the database tasktracker_${name}`]: new RegExp(`^ +database: tasktracker_${name}$`, 'm'),
        [`its owner ${name}_migrate`]: new RegExp(`^ +owner: ${name}_migrate$`, 'm'),
        [`its role ${name}_app`]: new RegExp(`^ +- name: ${name}_app$`, 'm'),
      }),
    }),
    add: (text, { name, database }) => (database ? text + likeTheTaskService(text, name) : text),
  },
  {
    file: 'k8s/README.md',
    needs: ({ name, database }) => ({
      [`${name} among the images to load`]: new RegExp(`tasktracker/\\{[a-z0-9,]*\\b${name}\\b[a-z0-9,]*\\}`),
      ...(database && {
        [`${name} among the services to make Secrets for`]: new RegExp(`for service in [a-z0-9 ]*\\b${name}\\b`),
      }),
    }),
    add(text, { name, database }) {
      const loaded = insertAfter(text, /tasktracker\/\{[a-z0-9,]+/, `,${name}`, 'k8s/README.md');
      return database ? insertAfter(loaded, /for service in [a-z0-9 ]+/, ` ${name}`, 'k8s/README.md') : loaded;
    },
  },
  {
    file: 'e2e/src/contract-services.ts',
    needs: ({ name, prefix }) => ({
      [`{ name: '${name}', prefix: '${prefix}', … }`]: new RegExp(`name: '${name}', prefix: '${prefix}'`),
    }),
    add: (text, { name, prefix }) =>
      insertAfter(
        text,
        /contractServices = \[\n(?: {2}.*\n)*/,
        `  { name: '${name}', prefix: '${prefix}', callerPath: '${prefix}/' },\n`,
        'e2e/src/contract-services.ts',
      ),
  },
  {
    file: 'e2e/src/contract-operations.ts',
    needs: ({ name }) => ({ [`operations('${name}', …)`]: new RegExp(`operations\\('${name}', `) }),
    add: (text, { name, prefix, database }) =>
      insertAfter(
        text,
        /contractOperations: Operation\[\] = \[\n(?: {2}.*\n)*/,
        `  ...operations('${name}', 'bearer', [${database ? `'POST ${prefix}/', ` : ''}'GET ${prefix}/']),\n`,
        'e2e/src/contract-operations.ts',
      ),
  },
  {
    file: 'README.md',
    needs: ({ name, port, database }) => ({
      [`${name} in the picture of how it is built`]: new RegExp(`gateway --> ${name}\\["${name} :${port}<br/>`),
      [`${name} in the picture of the cluster`]: new RegExp(`gateway\\[.*${name}\\["${name}<br/>`),
      [`${name} in the list of folders`]: new RegExp(`^ {4}apps/ .*\\b${name}\\b`, 'm'),
      [`the link to apps/${name}/README.md`]: new RegExp(`\\[${name}\\]\\(apps/${name}/README\\.md#environment\\)`),
      ...(database && {
        [`${name}'s database in the picture`]: new RegExp(`${name} --> ${name}db\\[\\(${name}_db\\)\\]`),
      }),
    }),
    add: addToReadme,
  },
];

function productionEntry(name: string, port: number, database: boolean): string {
  const digest = String((port + 1) % 10).repeat(64);
  return `  ${name}:
    image: { digest: 'sha256:${digest}' }
    resources: { requests: { cpu: 100m, memory: 192Mi }, limits: { memory: 384Mi } }
${
  database
    ? `    database:
      peers: [{ podSelector: { matchLabels: { cnpg.io/cluster: tasktracker-${name}-db } } }]
      app: { existingSecret: tasktracker-${name}-db-${name}-app }
      migration: { existingSecret: tasktracker-${name}-db-app, urlKey: uri }
`
    : ''
}`;
}

function addToSkaffold(text: string, { name }: PlacedService, last: string): string {
  const where = 'skaffold.yaml';
  const built = insertAfter(
    text,
    new RegExp(`buildArgs: \\{ APP: ${last} \\} \\}\\n`),
    `    - image: tasktracker/${name}\n      docker: { target: runtime, buildArgs: { APP: ${name} } }\n`,
    where,
  );
  const templates = Object.entries(parts).map(
    ([part, variable]) => `          services.${name}.image.${part}: '{{.IMAGE_${variable}_tasktracker_${name}}}'\n`,
  );
  const deployed = insertAfter(
    built,
    new RegExp(`services\\.${last}\\.image\\.digest: .*\\n`),
    templates.join(''),
    where,
  );
  const patch = `      - { op: add, path: /build/artifacts/image=tasktracker~1${name}/docker/network, value: host }\n`;
  return insertAfter(deployed, new RegExp(`.*image=tasktracker~1${last}/docker/network.*\\n`), patch, where);
}

/** The documents of the task service's database, for another service. */
function likeTheTaskService(text: string, name: string): string {
  const documents = text.split(/^---\n/m).filter((document) => document.includes('tasktracker-task-db'));
  if (documents.length === 0) throw new Error('k8s/postgres.yaml: found no tasktracker-task-db to write another after');
  return documents.map((document) => `---\n${document.replaceAll(/task(?!tracker)/g, name)}`).join('');
}

function addToReadme(text: string, { name, port, database }: PlacedService, last: string): string {
  const where = 'README.md';
  const words = database ? 'entries' : 'who you are';
  const added: [RegExp, string][] = [
    [
      new RegExp(` +gateway --> ${last}\\["${last} :\\d+<br/>.*\\n`),
      `  gateway --> ${name}["${name} :${port}<br/>${words}"]\n`,
    ],
    [/gateway & [a-z0-9 &]+?(?= -\. "public keys)/, ` & ${name}`],
    [new RegExp(` ${last}\\["${last}<br/>2 pods or more"\\]`), ` & ${name}["${name}<br/>2 pods or more"]`],
    [/^ +[a-z0-9 &]+(?= --> user$)/m, ` & ${name}`],
    [new RegExp(`^ {4}apps/ .*\\b${last}\\b`, 'm'), `, ${name}`],
    [
      new RegExp(`\\[${last}\\]\\(apps/${last}/README\\.md#environment\\)`),
      `,\n[${name}](apps/${name}/README.md#environment)`,
    ],
  ];
  if (database) {
    added.push([/(?: +[a-z0-9]+ --> [a-z0-9]+db\[\(.*\n)+/, `  ${name} --> ${name}db[(${name}_db)]\n`]);
    added.push([/[a-z0-9 &]+(?= & migrate --> postgres)/, ` & ${name}`]);
  }
  return added.reduce((renewed, [pattern, line]) => insertAfter(renewed, pattern, line, where), text);
}
