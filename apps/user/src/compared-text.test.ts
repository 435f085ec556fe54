import { describe, expect, it } from 'vitest';
import { toNfc } from './compared-text.ts';

const [above, below] = ['\u0301', '\u0316'];

describe('text that is compared', () => {
  it.each([
    ['wo\u0308rt', 'w\u00f6rt'],
    [`a${above}${below}`, `a${below}${above}`.normalize('NFC')],
    ['\u1f82'.normalize('NFD').repeat(255), '\u1f82'.repeat(255)],
  ])('is %j by NFC', (typed, compared) => {
    expect(toNfc(typed)).toBe(compared);
  });

  it('is left alone where it is too long for any name or password: its marks take minutes to put in order', () => {
    const typed = above.repeat(250_000) + below.repeat(250_000);
    expect(toNfc(typed) === typed).toBe(true);
  });
});
