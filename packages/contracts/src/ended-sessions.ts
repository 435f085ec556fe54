import { Type, type Static } from 'typebox';

/** Where the user service lists them. */
export const endedSessionsPath = '/internal/ended-sessions';

/** Sessions that ended while access tokens of theirs may still live; verifiers refuse those. */
export const EndedSessions = Type.Object(
  {
    sessions: Type.Array(
      Type.Object({
        sid: Type.String(),
        until: Type.Integer({ description: 'Unix seconds: when its last access token has expired' }),
      }),
    ),
  },
  { $id: 'EndedSessions' },
);
export type EndedSessions = Static<typeof EndedSessions>;
