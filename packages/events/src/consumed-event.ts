import { Type, Value, type Static } from '@tasktracker/schema';

/** What a consumer needs of a CloudEvent; it ignores members that it does not know. */
export const ConsumedEvent = Type.Object({
  id: Type.String({ minLength: 1 }),
  type: Type.String(),
  subject: Type.String(),
  time: Type.String(),
  position: Type.String(),
  data: Type.Unknown(),
});
export type ConsumedEvent = Static<typeof ConsumedEvent>;

/** From its JSON text. Throws for another shape. */
export function parseEvent(text: string): ConsumedEvent {
  return Value.Parse(ConsumedEvent, JSON.parse(text));
}
