declare module 'fastify' {
  interface FastifyInstance {
    /** Compiles each schema that no request has needed yet; throws for the first that is at fault, naming its route. */
    compileSchemas(): void;
  }
}

/** Schemas that are compiled when they are first needed. */
export interface LateSchemas {
  /** What gives the compiled schema; it is compiled by its first call. `route` is how a fault names it. */
  add<T>(route: string, compile: () => T): () => T;
  compileAll(): void;
}

export function createLateSchemas(): LateSchemas {
  const added: { readonly route: string; readonly compiled: () => unknown }[] = [];
  return {
    add(route, compile) {
      let known: { readonly value: ReturnType<typeof compile> } | undefined;
      const compiled = (): ReturnType<typeof compile> => (known ??= { value: compile() }).value;
      added.push({ route, compiled });
      return compiled;
    },
    compileAll() {
      for (const { route, compiled } of added) {
        try {
          compiled();
        } catch (error) {
          throw new Error(`a schema of ${route} can't be compiled`, { cause: error });
        }
      }
    },
  };
}
