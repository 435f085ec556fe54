import type { ConsumedEvent } from './consumed-event.ts';

/** Events in their order, and where they end. */
export interface EventPage {
  readonly events: readonly ConsumedEvent[];
  readonly next: string;
}

/** Where events come from. */
export interface EventSource {
  /** The name of the service that tells them. */
  readonly name: string;
  /** What comes after a position, which may be waited for for some seconds. Throws PositionExpired where something is missing. */
  read(after: string | null, signal: AbortSignal): Promise<EventPage>;
}

/** Events after the position are no longer told. */
export class PositionExpired extends Error {
  override readonly name = 'PositionExpired';
}
