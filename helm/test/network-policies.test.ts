import { services, type ServiceEntry } from '@tasktracker/contracts';
import { describe, expect, it } from 'vitest';
import { hasHelm, migrationOf, named, needsHelm, render, type Manifest } from './render.ts';

const policyOf = (manifests: readonly Manifest[], name: string) =>
  named(manifests, 'NetworkPolicy', `tasktracker-${name}`).spec;

const entries: readonly ServiceEntry[] = services;
const owners = entries.filter(({ database }) => database).map(({ name }) => name);
const external = { external: true, app: { existingSecret: 'a' }, migration: { existingSecret: 'm' } };

describe.runIf(hasHelm)('a NetworkPolicy', needsHelm, () => {
  it('lets nobody in to a service that nobody calls: a rule that names nobody would let everybody in', () => {
    const values = {
      services: { gateway: { calls: ['user', 'task', 'stats'] }, notify: { port: 8004, calls: ['user'] } },
    };
    const policy = policyOf(render({ values }), 'notify');
    expect(policy).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
    expect(policy).not.toHaveProperty('ingress');
  });

  it('lets in whoever `from` names, even if nobody else calls', () => {
    const from = [{ podSelector: { matchLabels: { a: 'b' } } }];
    const values = {
      services: { gateway: { calls: ['user', 'task'] }, stats: { calls: [], networkPolicy: { from } } },
    };
    expect(policyOf(render({ values }), 'stats').ingress).toEqual([{ ports: [{ port: 8003 }], from }]);
  });

  it("lets nobody in to the chart's Postgres if no service has its database there", () => {
    const values = { services: Object.fromEntries(owners.map((name) => [name, { database: external }])) };
    expect(policyOf(render({ values }), 'postgres')).not.toHaveProperty('ingress');
  });

  it('leaves no rule open: each names its ports and, except for the way in from outside, its peers', () => {
    const rules = render().flatMap(({ kind, metadata, spec }) =>
      kind === 'NetworkPolicy' && metadata.name !== 'tasktracker-gateway'
        ? [...(spec.ingress ?? []), ...(spec.egress ?? [])]
        : [],
    );
    expect(rules.length).toBeGreaterThan(10);
    for (const { ports, from, to } of rules) {
      expect(ports.length).toBeGreaterThan(0);
      expect([from, to].flatMap((peers) => peers ?? [])).not.toEqual([]);
    }
  });

  it('lets a migration out to the further places where its service may go', () => {
    const rule = { ports: [{ port: 8200 }], to: [{ ipBlock: { cidr: '10.0.0.1/32' } }] };
    const values = { services: { task: { networkPolicy: { egress: [rule] } } } };
    for (const name of ['task', 'task-migration']) {
      expect(policyOf(render({ values }), name).egress).toContainEqual(rule);
    }
  });
});

describe.runIf(hasHelm)('a database on another server, beside one in the chart’s Postgres', needsHelm, () => {
  const peers = [{ ipBlock: { cidr: '10.1.2.3/32' } }];
  const values = { services: { task: { database: { ...external, peers, port: 6432 } } } };

  it('is reached there, by the service and its migration, and not in the chart’s Postgres', () => {
    const manifests = render({ values });
    for (const name of ['task', 'task-migration']) {
      const { egress = [] } = policyOf(manifests, name);
      expect(egress).toContainEqual({ ports: [{ port: 6432 }], to: peers });
      expect(egress.flatMap(({ ports }) => ports)).not.toContainEqual({ port: 5432 });
    }
    const callers = policyOf(manifests, 'postgres').ingress?.flatMap(({ from = [] }) => from) ?? [];
    expect(callers.map(({ podSelector }) => podSelector?.matchLabels['app.kubernetes.io/component'])).toEqual(
      owners.flatMap((name) => (name === 'task' ? [] : [name, `${name}-migration`])),
    );
  });

  it('is not provisioned, and gets no Secrets', () => {
    const manifests = render({ values });
    expect(migrationOf(manifests, 'task').spec.template.spec).not.toHaveProperty('initContainers');
    expect(migrationOf(manifests, 'user').spec.template.spec).toHaveProperty('initContainers');
    const secrets = manifests.filter(({ kind }) => kind === 'Secret').map(({ metadata }) => metadata.name);
    expect(secrets.filter((name) => name.includes('-task-database-'))).toEqual([]);
    expect(secrets.filter((name) => name.includes('-user-database-'))).toHaveLength(2);
  });

  it('lets every pod that connects to anything ask DNS on the ports that values name', () => {
    const manifests = render({ values: { networkPolicy: { dnsPorts: [53, 5353] } } });
    const dns = manifests.flatMap(({ kind, spec }) =>
      kind === 'NetworkPolicy' ? (spec.egress ?? []).slice(0, 1) : [],
    );
    expect(dns.length).toBeGreaterThan(5);
    for (const { ports } of dns) {
      expect(ports).toEqual(
        [53, 5353].flatMap((port) => [
          { port, protocol: 'UDP' },
          { port, protocol: 'TCP' },
        ]),
      );
    }
  });
});
