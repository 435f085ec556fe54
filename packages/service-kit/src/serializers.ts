import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';

type BuildSerializer = ReturnType<typeof SerializerSelector>;
type Serializer = ReturnType<ReturnType<BuildSerializer>>;

/**
 * Fastify's own serializers, each compiled once. Every route answers with the same dozen problems, which Fastify would
 * compile for each: 336 ms of the gateway's start.
 */
export function createSerializerBuilder(): BuildSerializer {
  const build = SerializerSelector();
  const compiled = new Map<string, Serializer>();
  return (components, options) => {
    const compile = build(components, options);
    const scope = JSON.stringify(components);
    return (route) => {
      const key = `${scope} ${JSON.stringify(route.schema)}`;
      const serializer = compiled.get(key) ?? compile(route);
      compiled.set(key, serializer);
      return serializer;
    };
  };
}
