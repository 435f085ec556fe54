import findMyWay from 'find-my-way';

/** The methods of each path, so that an unknown path is 404 and a wrong method 405 (RFC 9110) before anything else. */
export interface PathTable {
  add(method: string, path: string): void;
  /** The methods of the most specific pattern that matches, or undefined for an unknown path. */
  methodsOf(path: string): ReadonlySet<string> | undefined;
}

export function createPathTable(): PathTable {
  const router = findMyWay({ ignoreTrailingSlash: true, maxParamLength: 16_384 });
  const methodsByPath = new Map<string, Set<string>>();
  return {
    add(method, path) {
      const key = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
      const methods = methodsByPath.get(key);
      if (methods) {
        methods.add(method);
        return;
      }
      const created = new Set([method]);
      methodsByPath.set(key, created);
      router.on('GET', key, () => {}, created);
    },
    methodsOf(path) {
      const store: unknown = router.find('GET', path)?.store;
      return store instanceof Set ? store : undefined;
    },
  };
}

/** Value of the `Allow` header; HEAD comes with GET. */
export function allowedMethods(methods: ReadonlySet<string>): string[] {
  return [...methods, ...(methods.has('GET') && !methods.has('HEAD') ? ['HEAD'] : [])].toSorted();
}
