import { spawnSync } from 'node:child_process';
import { statfsSync } from 'node:fs';

/** A disk of its own for Postgres, which can run full without harm to anybody else. */
export interface SmallDisk {
  /** Leaves no room at all; undone, there is as much as before. */
  fill(): () => void;
  unmount(): void;
}

const size = '2g';
/** What Postgres may still take: nothing, in pages. */
const roomBytes = 64 * 1024;

/** Only root on Linux can mount one. */
export function canMountDisk(): boolean {
  return (
    process.platform === 'linux' &&
    spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
  );
}

export function mountSmallDisk(folder: string): SmallDisk {
  mount(['-t', 'tmpfs', '-o', `size=${size},mode=0755`, 'tasktracker-faults', folder]);
  return {
    fill() {
      const { blocks, bfree, bsize } = statfsSync(folder);
      mount(['-o', `remount,size=${(blocks - bfree) * bsize + roomBytes}`, folder]);
      return () => mount(['-o', `remount,size=${size}`, folder]);
    },
    unmount: () => void spawnSync('umount', ['--lazy', folder]),
  };
}

function mount(args: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', args);
  if (status !== 0) throw new Error(stderr.toString());
}
