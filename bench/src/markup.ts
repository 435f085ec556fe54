const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A text as the content of an element, of SVG or HTML. */
export function escapeMarkup(text: string): string {
  return text.replaceAll(/[&<>]/g, (character) => entities[character] ?? character);
}
