import undici from 'undici';
import { expect, it } from 'vitest';
import * as parts from '../src/undici.ts';

it('what is loaded of undici is what its index exports', () => {
  const { Agent, buildConnector, errors, Pool } = undici;
  expect(parts).toMatchObject({ Agent, buildConnector, errors, Pool });
});
