import type { OpenAPIV3 } from 'openapi-types';
import { Type, type Static } from '@tasktracker/schema';

const Named = Type.Record(Type.String(), Type.Unknown());

const Operation = Type.Object({
  operationId: Type.String({ minLength: 1 }),
  /** Schemes that prove who calls; none, or an empty list: anybody may. */
  security: Type.Optional(Type.Array(Named)),
  parameters: Type.Optional(Type.Array(Named)),
  responses: Type.Optional(Named),
  /** The service that answers, added when documents are merged. */
  'x-service': Type.Optional(Type.String()),
});

/** As much of OpenAPI 3.1 as the gateway acts on. */
export const OpenapiDocument = Type.Object({
  openapi: Type.String({ pattern: '^3\\.1\\.' }),
  info: Type.Object({ title: Type.String(), version: Type.String() }),
  paths: Type.Record(Type.String(), Type.Record(Type.String(), Operation)),
  components: Type.Optional(Type.Record(Type.String(), Named)),
});
export type OpenapiDocument = Static<typeof OpenapiDocument>;

/** The same document for the plugin that serves it; its types know OpenAPI 3.0 only. */
export const ServedDocument = Type.Unsafe<OpenAPIV3.Document>(OpenapiDocument);
