import { execInPod } from './pod-exec.ts';
import { cluster, namespace, release } from './suite.ts';

/** As the administrator of the chart's Postgres, in the task service's database; gives what psql prints. */
export async function sql(statements: string): Promise<string> {
  const { name, container } = await release.servingPod('postgres');
  const psql = `PGPASSWORD=$(cat /etc/postgres/secrets/password) psql -h 127.0.0.1 -U postgres -d tasktracker_task -qAt -v ON_ERROR_STOP=1 -c "$1"`;
  const command = ['bash', '-c', psql, 'psql', statements];
  const { code, stdout, stderr } = await execInPod(cluster, { namespace, name, container }, command);
  if (code !== 0) throw new Error(`psql ended with ${code}: ${stderr}`);
  return stdout;
}
