/** Requests that are alike but for numbers. */
export interface NumberedRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** `{id}` stands for each of the ids in turn. */
  readonly path: string;
  /** JSON in ASCII; `{n}` stands for the number of the request: 0, 1, 2, … */
  readonly body?: string;
  readonly ids?: Ids;
  /** Used in turn, one for each request: where there are as many ids, each goes with the same one always. */
  readonly tokens?: readonly string[];
}

/** So many ids in a row. */
export interface Ids {
  readonly first: number;
  readonly count: number;
}

const anyId: Ids = { first: 1, count: 1 };

/** The first of them, as `fetch` takes it. */
export function firstOf({ method, path, body, ids = anyId }: NumberedRequest): FirstRequest {
  const init = body === undefined ? { headers: {} } : { headers: jsonBody, body: body.replaceAll('{n}', '0') };
  return { path: path.replaceAll('{id}', String(ids.first)), init: { method, ...init } };
}

interface FirstRequest {
  readonly path: string;
  readonly init: { method: string; headers: Readonly<Record<string, string>>; body?: string };
}

const jsonBody = { 'Content-Type': 'application/json' };

/** The script by which wrk's one thread sends them all. Lua reads strings of JSON in ASCII as they are. */
export function toLua({ method, path, body, ids = anyId, tokens = [] }: NumberedRequest): string {
  const fill = (text: string): string =>
    `(string.gsub(string.gsub(${JSON.stringify(text)}, "{id}", string.format("%d", ${ids.first} + n % ${ids.count})), "{n}", string.format("%d", n)))`;
  return [
    ...(body === undefined ? [] : ['wrk.headers["Content-Type"] = "application/json"']),
    `local bearers = {${tokens.map((token) => JSON.stringify(`Bearer ${token}`)).join(', ')}}`,
    'local n = -1',
    'request = function()',
    '  n = n + 1',
    ...(tokens.length === 0 ? [] : [`  wrk.headers["Authorization"] = bearers[n % ${tokens.length} + 1]`]),
    `  return wrk.format("${method}", ${fill(path)}, nil, ${body === undefined ? 'nil' : fill(body)})`,
    'end\n',
  ].join('\n');
}
