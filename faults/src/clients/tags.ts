/** A mark that nothing edits, as the due date it is sent as; `number` counts the creates of a round. */
export function tagOf(number: number): string {
  return new Date(firstTag + number).toISOString();
}

const firstTag = Date.UTC(2030, 0, 1);
