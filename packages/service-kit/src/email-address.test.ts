import { describe, expect, it } from 'vitest';
import { isEmailAddress } from './email-address.ts';

describe('an e-mail address', () => {
  it.each([
    'a@b.co',
    'ada.lovelace+tasks@sub.example.com',
    "o'brien@example.ie",
    'x_y-z@exa-mple.museum',
    '!#$%&*/=?^`{|}~@example.com',
    'jürgen@münchen.de',
    'jürgen@münchen。de',
    '用户@例え.テスト',
    'user@xn--bcher-kva.example',
    'a@1.2.3.de',
    `${'a'.repeat(64)}@example.com`,
  ])('is %s', (address) => {
    expect(isEmailAddress(address)).toBe(true);
  });

  it.each([
    '',
    'plain',
    '@example.com',
    'a@',
    'a@b',
    'a@localhost',
    'a@b..co',
    '.a@example.com',
    'a.@example.com',
    'a..b@example.com',
    'a b@example.com',
    'a@exam ple.com',
    'a@example.com ',
    'a@example.com\n',
    'Ada <a@example.com>',
    '"a b"@example.com',
    'a@b@example.com',
    'a@-example.com',
    'a@example-.com',
    'a@127.0.0.1',
    'a@１２７.0.0.1',
    'a@[127.0.0.1]',
    'a@example.com.',
    'a@exa_mple.com',
    'a@exam%70le.com',
    'a@exam\ufe0fple.com',
    'a@exam\u034fple.com',
    'a@exam\u180bple.com',
    'a\u0000@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.com`,
    `a@${'ü'.repeat(60)}.com`,
    `a@${'b.'.repeat(126)}com`,
  ])('is not %j', (address) => {
    expect(isEmailAddress(address)).toBe(false);
  });
});
