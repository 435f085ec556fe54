import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { services, type ServiceEntry } from '@tasktracker/contracts';
import { describe, expect, it } from 'vitest';
import { chart } from '../src/readme.ts';
import { hasHelm, named, needsHelm, productionValues, render, temporaryFolder, type Rendering } from './render.ts';

/** What `helm install` prints; `helm template` only shows it through another template that includes it. */
function notesOf(rendering: Rendering): string {
  const chartFolder = temporaryFolder();
  cpSync(chart, chartFolder, { recursive: true });
  writeFileSync(
    join(chartFolder, 'templates/shown-notes.yaml'),
    `kind: Notes
metadata: { name: notes }
data: { text: {{ include (print .Template.BasePath "/NOTES.txt") . | toJson }} }`,
  );
  return named(render({ ...rendering, chartFolder }), 'Notes', 'notes').data?.['text'] ?? '';
}

const entries: readonly ServiceEntry[] = services;
const owners = entries.filter(({ database }) => database).map(({ name }) => name);

const removals = (notes: string): string[] => notes.split('\n').filter((line) => line.includes(' delete '));

describe.runIf(hasHelm)('the notes', needsHelm, () => {
  it('remove what stays with a line that matches only this chart’s objects, in a namespace shared with others', () => {
    const notes = notesOf({ release: 'mine', args: ['--namespace', 'shared'] });
    expect(notes.replaceAll(/\s+/g, ' ')).toContain('keeps the volume and the Secrets that open it');
    expect(removals(notes)).toEqual([
      '  kubectl --namespace shared delete persistentvolumeclaims,secrets --selector app.kubernetes.io/name=tasktracker,app.kubernetes.io/instance=mine',
    ]);
    const manifests = render({ release: 'mine' });
    const [claim] = named(manifests, 'StatefulSet', 'mine-tasktracker-postgres').spec.volumeClaimTemplates ?? [];
    const kept = manifests.filter(({ kind }) => kind === 'Secret').map(({ metadata }) => metadata.labels);
    for (const labels of [claim?.metadata.labels, ...kept]) {
      expect(labels).toMatchObject({
        'app.kubernetes.io/name': 'tasktracker',
        'app.kubernetes.io/instance': 'mine',
      });
    }
  });

  it('warn where all clients would share the limits of one address', () => {
    const warning = 'All its clients seem to be one';
    const trusting = ['--set', 'services.gateway.env.TRUSTED_PROXIES=10.0.0.0/8'];
    expect(notesOf({})).not.toContain(warning);
    expect(notesOf({ args: ['--set', 'ingress.enabled=true'] })).toContain(warning);
    expect(notesOf({ args: ['--set', 'ingress.enabled=true', ...trusting] })).not.toContain(warning);
  });

  it('speak of what the chart made, and of nothing else', () => {
    const secretsAlone = notesOf({
      args: [...productionValues, '--set', 'services.user.secretFiles.key-encryption-key.existingSecret='],
    });
    expect(removals(secretsAlone).join()).toContain('delete secrets ');
    const roles = { app: { existingSecret: 'a' }, migration: { existingSecret: 'm' } };
    const volumeAlone = notesOf({
      values: {
        postgres: { existingSecret: 'p' },
        services: {
          ...Object.fromEntries(owners.map((name) => [name, { database: roles }])),
          user: { database: roles, secretFiles: { 'key-encryption-key': { existingSecret: 'k' } } },
          task: { database: roles, identity: { existingSecret: 'i' } },
        },
      },
    });
    expect(removals(volumeAlone).join()).toContain('delete persistentvolumeclaims ');
    expect(volumeAlone).not.toContain('Secrets');
    expect(notesOf({ args: productionValues })).not.toMatch(/ delete |uninstall/);
  });

  it('name the pods to wait for, and the port', () => {
    const notes = notesOf({ release: 'mine', values: { services: { gateway: { port: 9000 } } } });
    expect(notes).toContain('port-forward service/mine-tasktracker-gateway 8000:9000');
    expect(notes).toContain(
      'rollout status deployment --selector app.kubernetes.io/name=tasktracker,app.kubernetes.io/instance=mine',
    );
  });
});
