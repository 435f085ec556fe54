import { Type, type Static } from '@tasktracker/schema';

/** One thing that is wrong with a request, in words, and where. */
export const FieldFault = Type.Object(
  {
    in: Type.Union([Type.Literal('body'), Type.Literal('query'), Type.Literal('path'), Type.Literal('header')]),
    pointer: Type.String({ description: 'JSON Pointer (RFC 6901) to the value; empty for the whole' }),
    code: Type.String({ description: 'stable, lower snake case' }),
    detail: Type.String(),
  },
  { $id: 'FieldFault' },
);
export type FieldFault = Static<typeof FieldFault>;

/** RFC 9457 problem details, the only shape an error has. */
export const ProblemBody = Type.Object(
  {
    type: Type.String({ format: 'uri-reference' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String(),
    code: Type.String({ description: 'stable, upper snake case; see docs/errors.md' }),
    request_id: Type.String(),
    errors: Type.Optional(Type.Array(Type.Unsafe<FieldFault>(Type.Ref('FieldFault')))),
    current: Type.Optional(Type.Unsafe<object>({ type: 'object', description: 'of a 412: the resource as it is' })),
  },
  { $id: 'Problem' },
);
export type ProblemBody = Static<typeof ProblemBody>;
