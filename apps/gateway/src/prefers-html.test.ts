import { expect, it } from 'vitest';
import { prefersHtml } from './prefers-html.ts';

it.each([
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
  ['text/html', true],
  ['TEXT/HTML;level=1', true],
  ['text/*, application/json;q=0.5', true],
  ['application/json;q=0, text/html', true],
  ['*/*', false],
  [undefined, false],
  ['application/json', false],
  ['application/json, text/html', false],
  ['application/json, text/html;q=0.9', false],
  ['text/html;q=0', false],
  ['text/plain', false],
  ['', false],
])('Accept: %s', (accept, expected) => {
  expect(prefersHtml(accept)).toBe(expected);
});
