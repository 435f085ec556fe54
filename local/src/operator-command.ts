import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { toDataDirPaths } from './data-dir/data-dir.ts';
import { toOwnEnvironment } from './own-environment.ts';
import { repositoryDir } from './repository-dir.ts';
import { readLiveStack } from './stack/stack-state.ts';
import { StartError } from './start-error.ts';
import { callerDir, toDataDir } from './start-options.ts';

/**
 * Runs a service's operator command on its database of the running local stack; gives the exit code.
 * @throws StartError when no stack runs on the folder.
 */
export function runOperatorCommand(
  service: string,
  args: readonly string[],
  dataDirOption: string | undefined,
): number {
  const dataDir = toDataDir(dataDirOption, callerDir(process.env));
  const databaseUrl = readLiveStack(toDataDirPaths(dataDir).state)?.databaseUrls[service];
  if (databaseUrl === undefined) {
    throw new StartError(
      `No TaskTracker runs on ${dataDir}: start it with \`npm start\`, or name its folder with --data-dir.`,
    );
  }
  const admin = join(repositoryDir, 'apps', service, 'src', 'admin.ts');
  const env = { ...toOwnEnvironment(process.env, undefined), DATABASE_URL: databaseUrl };
  return spawnSync(process.execPath, [admin, ...args], { env, stdio: 'inherit' }).status ?? 1;
}
