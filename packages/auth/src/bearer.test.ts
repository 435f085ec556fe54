import { expect, it } from 'vitest';
import { readBearer } from './bearer.ts';

it.each([
  ['Bearer abc', 'abc'],
  ['bearer abc', 'abc'],
  ['BEARER abc', 'abc'],
  ['Bearer   abc', 'abc'],
  ['Bearer eyJh.eyJp.c2ln', 'eyJh.eyJp.c2ln'],
  ['Bearer  eyJh.eyJp.c2ln', 'eyJh.eyJp.c2ln'],
])('reads the token of %j whatever the case of the scheme', (header, token) => {
  expect(readBearer(header)).toBe(token);
});

it('reads an empty token, which is a bad one, from a scheme alone', () => {
  expect(readBearer('Bearer')).toBe('');
});

it.each([undefined, '', 'Basic abc', 'Bearerabc', 'abc', 'Token Bearer abc'])('sees no Bearer in %j', (header) => {
  expect(readBearer(header)).toBeUndefined();
});
