import type { Started } from './started-programs.ts';
import type { Turn } from './turns.ts';
import { runWrk, type WrkLoad } from './wrk.ts';

/** What a program took of its core while wrk loaded it; `path` is that of plain GETs. */
export async function wrkTurn(
  { port, process: pinned }: Started,
  { path = '', ...load }: Omit<WrkLoad, 'url'> & { readonly path?: string },
): Promise<Turn> {
  const before = pinned.cpuMs();
  const { requests, requestsPerSecond } = await runWrk({ url: `http://127.0.0.1:${port}${path}`, ...load });
  return { cpuMicrosPerRequest: ((pinned.cpuMs() - before) * 1_000) / requests, requestsPerSecond };
}
