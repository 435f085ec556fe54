import { readFileSync } from 'node:fs';
import { Type, Value } from '@tasktracker/schema';
import { describe, expect, it } from 'vitest';
import { toOpenapiText } from '../src/openapi-text.ts';

const committed = readFileSync(new URL('../openapi.json', import.meta.url), 'utf8');

const Operation = Type.Object({
  operationId: Type.String(),
  security: Type.Optional(Type.Array(Type.Record(Type.String(), Type.Array(Type.String())))),
  requestBody: Type.Optional(Type.Object({ content: Type.Record(Type.String(), Type.Unknown()) })),
});
const Document = Type.Object({
  openapi: Type.String(),
  paths: Type.Record(Type.String(), Type.Record(Type.String(), Operation)),
  components: Type.Object({ schemas: Type.Record(Type.String(), Type.Unknown()) }),
});

describe('the OpenAPI document', () => {
  const document = Value.Parse(Document, JSON.parse(committed));
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));

  const needing = (scheme: string) =>
    operations
      .filter(({ security }) => security?.some((alternative) => scheme in alternative))
      .map(({ operationId }) => operationId)
      .toSorted();

  it('is committed as the routes make it (npx nx run-many -t openapi)', async () => {
    expect(committed).toBe(await toOpenapiText());
  });

  it('names every operation and the components, and hides what is internal', () => {
    expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual([
      'changePassword',
      'deleteMe',
      'endSession',
      'getHealth',
      'getIdentity',
      'getMe',
      'getSigningKeys',
      'introspectToken',
      'issueServiceToken',
      'listSessions',
      'login',
      'logout',
      'refreshSession',
      'registerAccount',
      'updateMe',
      'validateToken',
    ]);
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['User', 'TokenPair', 'Session', 'Problem', 'FieldFault']),
    );
    expect(committed).not.toContain('/internal/');
  });

  it('says which credentials each operation needs', () => {
    expect(needing('bearer')).toEqual([
      'changePassword',
      'deleteMe',
      'endSession',
      'getMe',
      'listSessions',
      'updateMe',
    ]);
    expect(needing('basic')).toEqual(['introspectToken', 'issueServiceToken']);
  });

  it('documents that login takes JSON and the OAuth2 form', () => {
    const login = operations.find(({ operationId }) => operationId === 'login');
    expect(Object.keys(login?.requestBody?.content ?? {})).toEqual([
      'application/json',
      'application/x-www-form-urlencoded',
    ]);
  });
});
