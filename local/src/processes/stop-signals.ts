const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** npm passes a terminal's Ctrl-C on 1 ms after the terminal's own: only a later signal is a person's second. */
const secondAfterMs = 1_000;
const parentPollMs = 500;

export interface StopRequests {
  readonly onStop: (why: string) => void;
  /** A second request, a second or more after the first. */
  readonly onSecond: () => void;
}

/**
 * Calls back on Ctrl-C, SIGTERM and a terminal that closes. Under npm also when npm is gone: nobody could stop the
 * stack from its terminal any more.
 */
export function onStopRequest({ onStop, onSecond }: StopRequests, env: NodeJS.ProcessEnv): void {
  let firstAt: number | undefined;
  let hasSecond = false;
  function request(why: string): void {
    if (firstAt === undefined) {
      firstAt = performance.now();
      onStop(why);
    } else if (!hasSecond && performance.now() - firstAt >= secondAfterMs) {
      // npm passes this one on as well.
      hasSecond = true;
      onSecond();
    }
  }
  for (const name of names) process.on(name, () => request(name));
  if (env['npm_lifecycle_event'] === undefined) return;
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    request('npm is gone');
  }, parentPollMs);
  watch.unref();
}
