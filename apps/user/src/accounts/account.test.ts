import { describe, expect, it } from 'vitest';
import { emailPattern, isEmail, realChanges, usernamePattern, type Account } from './account.ts';

const email = new RegExp(emailPattern, 'u');
const username = new RegExp(usernamePattern, 'u');

const account: Account = {
  id: 1n,
  email: 'Ada@example.com',
  username: 'Ada',
  fullName: null,
  passwordHash: '$argon2id$',
  isActive: true,
  isSuperuser: false,
  createdAt: new Date(0),
  updatedAt: new Date(0),
};

describe('an e-mail address', () => {
  it.each([
    'a@b.co',
    'ada.lovelace+tasks@sub.example.com',
    "o'brien@example.ie",
    'x_y-z@exa-mple.museum',
    '!#$%&*/=?^`{|}~@example.com',
    'jürgen@münchen.de',
    '用户@例え.テスト',
    'user@xn--bcher-kva.example',
    'a@1.2.3.de',
    `${'a'.repeat(64)}@example.com`,
  ])('is %s', (address) => {
    expect(address).toMatch(email);
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
    'a@[127.0.0.1]',
    'a@example.com.',
    'a@exa_mple.com',
    'a\u0000@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.com`,
  ])('is not %j', (address) => {
    expect(address).not.toMatch(email);
  });

  it('is judged in time linear in its length', () => {
    const started = performance.now();
    email.test(`${'a.'.repeat(5000)}@${'b-'.repeat(5000)}`);
    email.test(`a@${'b.'.repeat(120)}${'-'.repeat(10)}`);
    expect(performance.now() - started).toBeLessThan(100);
  });
});

describe('a username', () => {
  it.each(['abc', 'A.b_c-1', 'x'.repeat(100), '...'])('is %s', (name) => {
    expect(name).toMatch(username);
  });

  it.each(['ab', 'x'.repeat(101), 'a b c', 'ada@home', 'ädä', 'abc\n', ''])('is not %j', (name) => {
    expect(name).not.toMatch(username);
  });

  it('never looks like an e-mail address', () => {
    expect(isEmail('ada.lovelace')).toBe(false);
    expect(isEmail('ada@example.com')).toBe(true);
  });
});

describe('the real changes of a profile', () => {
  it('are none when every value stays', () => {
    expect(realChanges(account, {})).toEqual({});
    expect(realChanges(account, { fullName: null, username: 'Ada', email: 'Ada@example.com' })).toEqual({});
  });

  it('tell null from an empty name, and notice another spelling', () => {
    expect(realChanges(account, { fullName: '', username: 'ada', email: 'ada@example.com' })).toEqual({
      fullName: '',
      username: 'ada',
      email: 'ada@example.com',
    });
    expect(realChanges({ ...account, fullName: 'Ada' }, { fullName: null })).toEqual({ fullName: null });
  });
});
