import { describe, expect, it } from 'vitest';
import { isEmail, realChanges, trimName, type ProfileChanges, usernamePattern, type Account } from './account.ts';

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
  version: 1,
};

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

describe('a login name', () => {
  it.each([
    ['ada', 'ada'],
    [' \t\n\u0085\u00a0\u2028\u3000\ufeffada lovelace\ufeff\u3000\r\n ', 'ada lovelace'],
    [' \u00a0 ', ''],
    ['', ''],
  ])('%j is taken as %j', (typed, name) => {
    expect(trimName(typed)).toBe(name);
  });

  it('is trimmed in time that does not grow with the square of its length', () => {
    const blanks = ' '.repeat(1_000_000);
    expect(trimName(`${blanks}a${blanks}b${blanks}`)).toBe(`a${blanks}b`);
  });
});

const nothing: ProfileChanges = { fullName: undefined, username: undefined, email: undefined };

describe('the real changes of a profile', () => {
  it('are none when every value stays', () => {
    expect(realChanges(account, nothing)).toEqual({});
    expect(realChanges(account, { fullName: null, username: 'Ada', email: 'Ada@example.com' })).toEqual({});
  });

  it('tell null from an empty name, and notice another spelling', () => {
    expect(realChanges(account, { fullName: '', username: 'ada', email: 'ada@example.com' })).toEqual({
      fullName: '',
      username: 'ada',
      email: 'ada@example.com',
    });
    expect(realChanges({ ...account, fullName: 'Ada' }, { ...nothing, fullName: null })).toEqual({ fullName: null });
  });
});
