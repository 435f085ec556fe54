import { expect } from 'vitest';
import type { Answer } from './answer.ts';
import { booleanOf, integerOf, listOf, membersOf, textOf, textOrNullOf, timestampOf } from './json-shape.ts';

export interface User {
  email: string;
  username: string;
  fullName: string | null;
  id: number;
  isActive: boolean;
  isSuperuser: boolean;
  createdAt: string;
  updatedAt: string;
  version: number;
}

export interface Tokens {
  accessToken: string;
  expiresIn: number;
  refreshToken: string;
}

export interface Session {
  id: number;
  createdAt: string;
  lastUsedAt: string;
  userAgent: string | null;
  current: boolean;
}

const USER = [
  'email',
  'username',
  'full_name',
  'id',
  'is_active',
  'is_superuser',
  'created_at',
  'updated_at',
  'version',
];
const TOKENS = ['access_token', 'token_type', 'expires_in', 'refresh_token'];
const SESSION = ['id', 'created_at', 'last_used_at', 'user_agent', 'current'];

/** Reads a User: exactly the promised members, in order. */
export function readUser(answer: Answer): User {
  const user = membersOf(answer.json, USER, `members of the user, status ${answer.status}`);
  return {
    email: textOf(user['email'], 'email'),
    username: textOf(user['username'], 'username'),
    fullName: textOrNullOf(user['full_name'], 'full_name'),
    id: integerOf(user['id'], 'id'),
    isActive: booleanOf(user['is_active'], 'is_active'),
    isSuperuser: booleanOf(user['is_superuser'], 'is_superuser'),
    createdAt: timestampOf(user['created_at'], 'created_at'),
    updatedAt: timestampOf(user['updated_at'], 'updated_at'),
    version: integerOf(user['version'], 'version'),
  };
}

/** Reads what login and refresh answer; an answer with a token must never be stored. */
export function readTokens(answer: Answer): Tokens {
  expect(answer.status, answer.text.slice(0, 500)).toBe(200);
  const tokens = membersOf(answer.json, TOKENS, 'members of the token answer');
  expect(tokens['token_type']).toBe('bearer');
  expect(answer.headers['cache-control'], 'an answer that carries a token').toBe('no-store');
  return {
    accessToken: textOf(tokens['access_token'], 'access_token'),
    expiresIn: integerOf(tokens['expires_in'], 'expires_in'),
    refreshToken: textOf(tokens['refresh_token'], 'refresh_token'),
  };
}

/** Reads the list of sessions. */
export function readSessions(answer: Answer): Session[] {
  expect(answer.status, answer.text.slice(0, 500)).toBe(200);
  return listOf(answer.json, 'sessions').map((item) => {
    const session = membersOf(item, SESSION, 'members of a session');
    return {
      id: integerOf(session['id'], 'id'),
      createdAt: timestampOf(session['created_at'], 'created_at'),
      lastUsedAt: timestampOf(session['last_used_at'], 'last_used_at'),
      userAgent: textOrNullOf(session['user_agent'], 'user_agent'),
      current: booleanOf(session['current'], 'current'),
    };
  });
}
