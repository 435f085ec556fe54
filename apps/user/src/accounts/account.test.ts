import { describe, expect, it } from 'vitest';
import { isEmail, realChanges, type ProfileChanges, usernamePattern, type Account } from './account.ts';

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
