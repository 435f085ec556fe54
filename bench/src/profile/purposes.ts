import type { CallNode } from './call-tree.ts';

/** What a file is there for; the first pattern counts. Of ours by path, of others by package, of Node by module. */
const purposes: readonly (readonly [purpose: string, files: RegExp])[] = [
  ['ended sessions', /^packages\/auth\/src\/.*(ended-session|session-id)/],
  ['token check', /^(packages\/auth\/|packages\/service-kit\/src\/(caller|access-scope)|fast-jwt\/)/],
  [
    'rate limits, and whose address it is',
    /^(apps\/gateway\/src\/limits\/|packages\/service-kit\/src\/(clients|network-of))/,
  ],
  ['request id', /^packages\/service-kit\/src\/(request-id|trace-id)/],
  [
    'access log',
    /^(packages\/service-kit\/src\/(access-log|log|security-events)|pino\/|sonic-boom\/|quick-format|fastify\/lib\/logger)/,
  ],
  ['headers for browsers, CORS', /^apps\/gateway\/src\/(browser-rules|cors|prefers-html)/],
  [
    'deadline and cancellation',
    /^(packages\/deadline\/|packages\/service-kit\/src\/request-deadlines|node:internal\/abort_controller)/,
  ],
  [
    'bounds: connections, slow clients, draining',
    /^packages\/service-kit\/src\/(admission|broken-requests|connection|draining|slow-clients|unread-bodies)/,
  ],
  [
    'checks of the request',
    /^packages\/service-kit\/src\/(body-parsers|header-checks|http-rules|path-table|request-target|query-values|validation)/,
  ],
  ['circuit, places, retries', /^packages\/service-client\/src\/(circuit|places|retry|held-bytes|call-context)/],
  ['proxying: our own', /^(apps\/gateway\/src\/proxy\/|packages\/service-client\/)/],
  ['proxying: undici', /^(undici\/|wasm:)/],
  ['other code of ours', /^(apps|packages)\//],
  ['Fastify: routing, hooks, replies', /^(fastify|find-my-way|avvio|toad-cache|fast-|@fastify\/)/],
  ['database', /^(pg|pg-.*|postgres-.*|@prisma\/.*)\//],
  ["Node's HTTP", /^node:(_http|internal\/http|http)/],
  ['promises', /^node:internal\/process\/task_queues/],
  ['timers', /^node:(timers$|internal\/timers)/],
];

/** Of what runs by itself and serves everybody. */
const elsewhere = 'Node: sockets and what else runs by itself';
const ofV8: Readonly<Record<string, string>> = {
  '(garbage collector)': 'garbage collection',
  '(program)': "V8's and Node's C++ outside of any function",
};

/**
 * What each purpose takes by itself, the dearest first; together they are the whole. A helper, such as a stream, a buffer or
 * the system call that writes, counts for the one that called it; what a hook goes on to does not count for the hook.
 */
export function costsByPurpose(tree: CallNode): { readonly purpose: string; readonly self: number }[] {
  const costs = new Map<string, number>();
  const add = (node: CallNode, callers: string): void => {
    const purpose = purposeOf(node) ?? callers;
    costs.set(purpose, (costs.get(purpose) ?? 0) + node.self);
    for (const child of node.children) add(child, purpose);
  };
  add(tree, elsewhere);
  return [...costs]
    .map(([purpose, self]) => ({ purpose, self }))
    .filter(({ self }) => self > 0)
    .toSorted((one, other) => other.self - one.self);
}

/** Undefined for a helper. */
function purposeOf({ kind, owner, place }: CallNode): string | undefined {
  if (kind === 'v8') return ofV8[owner];
  return purposes.find(([, files]) => files.test(place))?.[0];
}
