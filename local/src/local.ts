// What runs the whole system on one machine. Others use it as a separate process, as a person would.
export { spawnStack, type SpawnedStack, type SpawnStackOptions } from './spawn-stack.ts';
