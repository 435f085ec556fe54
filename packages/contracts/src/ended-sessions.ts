import { Type, type Static } from '@tasktracker/schema';

/** Where the user service lists all of them, for verifiers of the release before. */
export const endedSessionsPath = '/internal/ended-sessions';

/** Below the list: what ended since a cursor. */
export const endedSessionChangesSuffix = '/changes';

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

/**
 * What ended since `cursor`, or everything that matters still without one. One that ended is never left out, and may
 * come again.
 */
export const EndedSessionChanges = Type.Object({
  ended: Type.Array(
    Type.Object({
      until: Type.Integer({ description: 'Unix seconds, a whole minute: all their access tokens have expired then' }),
      sids: Type.String({ description: 'ids with commas between them' }),
    }),
  ),
  next_cursor: Type.String(),
  has_more: Type.Boolean(),
});
export type EndedSessionChanges = Static<typeof EndedSessionChanges>;
