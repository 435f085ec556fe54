import { createTestAuthority } from '@tasktracker/embedded-postgres/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, met, unmet } from '../src/eventually.ts';
import { execInPod } from '../src/pod-exec.ts';
import { cluster, helm, namespace, release, startFromBaseline, valuesWith } from '../src/suite.ts';

// The release's own Postgres, reached as if it were somebody else's: by TLS, with a private authority's certificate, by
// pods that run as a user unknown to any image, as OpenShift would choose.

const authority = createTestAuthority('the authority of the database');
const stranger = createTestAuthority('another authority');
const secrets = { 'external-authority': authority, 'external-stranger': stranger };
const policy = 'external-database';
const anyUser = 1_000_660_000;

function roles(service: string): object {
  const secretOf = (role: string) => ({ existingSecret: `${release.name}-${service}-database-${role}` });
  return { database: { app: secretOf('app'), migration: secretOf('migration') } };
}

function externalValues(caSecret: string) {
  return valuesWith({
    defaults: {
      replicas: 1,
      securityContext: { runAsUser: null, pod: { runAsUser: anyUser, runAsGroup: 0, fsGroup: anyUser } },
    },
    databaseDefaults: {
      external: true,
      peers: [{ podSelector: { matchLabels: { 'app.kubernetes.io/component': 'postgres' } } }],
      tls: { caSecret },
    },
    services: { user: roles('user'), task: roles('task') },
  });
}

async function run(script: string, component = 'postgres'): Promise<string> {
  const { name, container } = await release.servingPod(component);
  const { code, stdout, stderr } = await execInPod(cluster, { namespace, name, container }, ['bash', '-c', script]);
  expect(code, stderr).toBe(0);
  return stdout;
}

function sql(statement: string): Promise<string> {
  const psql = 'PGPASSWORD=$(cat /etc/postgres/secrets/password) psql -h 127.0.0.1 -U postgres -qAt -v ON_ERROR_STOP=1';
  return run(`${psql} -c "${statement}"`);
}

async function offerTls(): Promise<void> {
  const { certificate, key } = authority.issue([`${release.name}-postgres`]);
  for (const [name, pem] of Object.entries({ 'server.crt': certificate, 'server.key': key })) {
    const text = Buffer.from(pem).toString('base64');
    await sql(`copy (select '${text}') to program 'umask 077; base64 -d > ${name}'`);
  }
  await sql('alter system set ssl = on');
  await sql('select pg_reload_conf()');
}

const fieldSelector = (name: string) => `metadata.name=${name}`;

async function removeSurroundings(): Promise<void> {
  for (const name of Object.keys(secrets)) {
    const { items } = await cluster.core.listNamespacedSecret({ namespace, fieldSelector: fieldSelector(name) });
    if (items.length > 0) await cluster.core.deleteNamespacedSecret({ namespace, name });
  }
  const { items } = await cluster.networking.listNamespacedNetworkPolicy({
    namespace,
    fieldSelector: fieldSelector(policy),
  });
  if (items.length > 0) await cluster.networking.deleteNamespacedNetworkPolicy({ namespace, name: policy });
}

/** The chart lets nobody in to a Postgres that no service uses according to its values. */
async function makeSurroundings(): Promise<void> {
  await removeSurroundings();
  for (const [name, { certificate }] of Object.entries(secrets)) {
    const body = { metadata: { name }, stringData: { 'ca.crt': certificate } };
    await cluster.core.createNamespacedSecret({ namespace, body });
  }
  const own = { podSelector: { matchLabels: { 'app.kubernetes.io/instance': release.name } } };
  const spec = {
    podSelector: { matchLabels: { 'app.kubernetes.io/component': 'postgres' } },
    ingress: [{ ports: [{ port: 5432 }], _from: [own] }],
  };
  await cluster.networking.createNamespacedNetworkPolicy({ namespace, body: { metadata: { name: policy }, spec } });
}

beforeAll(async () => {
  await startFromBaseline();
  await makeSurroundings();
  await offerTls();
});

afterAll(async () => {
  await startFromBaseline();
  await sql('alter system reset ssl');
  await sql('select pg_reload_conf()');
  await removeSurroundings();
});

describe('a database outside of the release, behind a private authority', () => {
  it('is reached by TLS, by services and migrations that run as any user of group 0', async () => {
    await helm.upgrade(release.name, externalValues('external-authority'), 180);
    await release.drained();
    expect(await run('id', 'user')).toContain(`uid=${anyUser} gid=0(root)`);
    const clients = await sql(
      "select distinct usename, ssl from pg_stat_ssl join pg_stat_activity using (pid) where usename like '%app' order by 1",
    );
    expect(clients.trim().split('\n')).toEqual(['task_app|t', 'user_app|t']);
    expect((await helm.test(release.name, 120)).code).toBe(0);
  });

  it('is not used if its certificate is of another authority: the old pods serve, and the migration says why', async () => {
    const { code } = await helm.tryUpgrade(release.name, externalValues('external-stranger'), 20);
    expect(code).not.toBe(0);
    await eventually('a migration that says why', 60_000, async () => {
      const { items } = await cluster.core.listNamespacedPod({
        namespace,
        labelSelector: release.selector('task-migration'),
      });
      const said = items.flatMap(({ status }) =>
        (status?.containerStatuses ?? []).map(({ state }) => state?.terminated?.message ?? ''),
      );
      const why = 'its certificate is not from an authority that is trusted here';
      return said.some((message) => message.includes(why)) ? met() : unmet(said.join('; '));
    });
    expect((await helm.test(release.name, 120)).code).toBe(0);
  });
});
