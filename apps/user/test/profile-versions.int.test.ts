import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problems, TestService } from './user-service.ts';

describe('the profile has a version', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await TestService.start();
  });
  afterAll(() => service.stop());

  const read = (token: string, headers: Record<string, string> = {}) => service.call('GET', '/me', { token, headers });
  const patch = (token: string, body: object, headers: Record<string, string> = {}) =>
    service.call('PATCH', '/me', { token, body, headers });

  it(
    'that counts changes of value and is its tag',
    { tags: ['version', 'etag', 'same-value-same-version'] },
    async () => {
      const { tokens, account } = await service.person();
      const token = tokens.access;
      expect(await read(token)).toMatchObject({ headers: { etag: '"1"' }, body: { version: 1 } });
      expect(await patch(token, { full_name: 'A' })).toMatchObject({ headers: { etag: '"2"' }, body: { version: 2 } });
      for (const same of [{}, { full_name: 'A' }]) {
        expect(await patch(token, same)).toMatchObject({ headers: { etag: '"2"' }, body: { version: 2 } });
      }
      const passwords = { current_password: account.password, new_password: 'another password' };
      await service.call('PUT', '/me/password', { token, body: passwords });
      expect(await read(token)).toMatchObject({ body: { version: 3 } }); // its updated_at is another
      const { text } = await read(token);
      expect(Object.keys(JSON.parse(text)).at(-1)).toBe('version');
      expect((await patch(token, {})).text).toBe(text);
    },
  );

  it('that stays when only the hash of the password changes, and advances for the release before', async () => {
    const { tokens, account } = await service.person();
    const set = (columns: string) => service.pool.query(`UPDATE users SET ${columns} WHERE id = $1`, [account.id]);
    await set(`password_hash = password_hash || ' '`);
    expect((await read(tokens.access)).body['version']).toBe(1);
    await set(`full_name = 'By the release before', updated_at = updated_at`);
    expect((await read(tokens.access)).body['version']).toBe(2);
    await set('is_superuser = is_superuser');
    expect((await read(tokens.access)).body['version']).toBe(2);
  });

  it('that spares who has it an answer', { tags: ['if-none-match'] }, async () => {
    const { tokens } = await service.person();
    for (const tag of ['"1"', 'W/"1"', '"0", "1"', '*']) {
      const answer = await read(tokens.access, { 'if-none-match': tag });
      expect(answer).toMatchObject({ status: 304, text: '', headers: { etag: '"1"' } });
    }
    expect(await read(tokens.access, { 'if-none-match': '"2"' })).toMatchObject({ status: 200 });
  });

  it('that a change and the deletion may depend on', { tags: ['if-match'] }, async () => {
    const { tokens, account } = await service.person();
    const token = tokens.access;
    for (const tag of ['"2"', 'W/"1"']) {
      const refused = await patch(token, { full_name: 'B' }, { 'if-match': tag });
      expect(refused).toMatchObject({ status: 412, headers: { etag: '"1"' }, body: { code: 'PRECONDITION_FAILED' } });
      expect(refused.body['current']).toEqual((await read(token)).body);
    }
    expect(await patch(token, { full_name: 'B' }, { 'if-match': '"5", "1"' })).toMatchObject({ status: 200 });
    expect(await patch(token, { full_name: 'C' }, { 'if-match': '*' })).toMatchObject({ status: 200 });
    expect(await patch(token, { full_name: 'D' }, { 'if-match': 'nonsense' })).toMatchObject({ status: 400 });
    const remove = (tag: string) =>
      service.call('DELETE', '/me', {
        token,
        body: { current_password: account.password },
        headers: { 'if-match': tag },
      });
    expect(await remove('"1"')).toMatchObject({ status: 412 });
    expect(await remove('"3"')).toMatchObject({ status: 204 });
    expect(await read(token)).toMatchObject(problems.invalidToken);
  });

  it('that lets one of many changes win that depend on the same', { tags: ['if-match'] }, async () => {
    const { tokens } = await service.person();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => patch(tokens.access, { full_name: `Change ${n}` }, { 'if-match': '"1"' })),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, 412, 412, 412, 412, 412, 412, 412]);
    expect((await read(tokens.access)).body).toEqual(answers.find(({ status }) => status === 200)?.body);
  });
});
