import { logFileOf } from '../data-dir/data-dir.ts';
import { toReadableLine } from './readable-log.ts';
import { followLog, setLongLogAside, type LogFollower } from './service-log.ts';
import type { StackContext } from '../stack/stack-context.ts';
import { postgresName } from '../stack/start-databases.ts';

/** Makes room in the logs of a new run and, with `follow`, shows what the services add to theirs on the terminal. */
export function openLogs({ dataDir, listening, terminal }: StackContext, follow: boolean): LogFollower[] {
  for (const name of [postgresName, ...listening.map((service) => service.name)]) {
    setLongLogAside(logFileOf(dataDir, name));
  }
  if (!follow) return [];
  const width = Math.max(...listening.map(({ serviceName }) => serviceName.length));
  return listening.map(({ name, serviceName }) =>
    followLog(logFileOf(dataDir, name), (line) => {
      if (line !== '') terminal.say(`${terminal.style('cyan', serviceName.padEnd(width))} ${toReadableLine(line)}`);
    }),
  );
}
