import type { LogPosition } from './log-position.ts';

/**
 * Where a consumer is in a feed: in the log, or still in the present state, of which it has had everything up to `key`. The
 * log is read from `log` on, which was its end when the state began.
 */
export type FeedPlace =
  | { readonly log: LogPosition; readonly key?: undefined }
  | { readonly log: LogPosition; readonly key: bigint };

/** What a consumer without a place asks `after` to be told all that the log has, and nothing of the present state. */
export const oldestPlace = 'oldest';

/** A text without a meaning to anybody else. */
export function toPlaceText({ log: { horizon, position }, key }: FeedPlace): string {
  return key === undefined ? `${horizon}-${position}` : `${horizon}-${position}-${key}`;
}

/** Undefined for a text that no feed has given. */
export function parsePlace(text: string): FeedPlace | undefined {
  const match = /^(\d{1,18})-(\d{1,18})(?:-(\d{1,19}))?$/.exec(text);
  if (match === null) return undefined;
  const [, horizon = '', position = '', key] = match;
  const log = { horizon: BigInt(horizon), position: BigInt(position) };
  return key === undefined ? { log } : { log, key: BigInt(key) };
}
