import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import type { LateSchemas } from './late-schemas.ts';

type BuildSerializer = ReturnType<typeof SerializerSelector>;
type Serializer = ReturnType<ReturnType<BuildSerializer>>;

/**
 * Fastify's own serializers, each compiled once, for its first answer. Every route answers with the same dozen problems, which
 * Fastify would compile for each: 336 ms of the gateway's start. And most answers are never given: compiling all took an
 * eighth of the task service's start, where one takes 2 ms.
 */
export function createSerializerBuilder(schemas: LateSchemas): BuildSerializer {
  const build = SerializerSelector();
  const compiled = new Map<string, Serializer>();
  return (components, options) => {
    const compile = build(components, options);
    const scope = JSON.stringify(components);
    return (route) => {
      const key = `${scope} ${JSON.stringify(route.schema)}`;
      const known = compiled.get(key);
      if (known !== undefined) return known;
      const serialize = schemas.add(`${route.method} ${route.url}`, () => compile(route));
      const serializer: Serializer = (answer) => serialize()(answer);
      compiled.set(key, serializer);
      return serializer;
    };
  };
}
