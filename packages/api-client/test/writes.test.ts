import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiClient, createApiClient, dataOf } from '../src/api-client.ts';
import { type LossyProxy, openLossyProxy } from '../src/testing/testing.ts';
import { type KeyedService, openKeyedService } from './keyed-service.ts';

let service: KeyedService;
let proxy: LossyProxy;
let api: ApiClient;

beforeEach(async () => {
  service = await openKeyedService();
  proxy = await openLossyProxy(service.baseUrl);
  api = createApiClient({ baseUrl: proxy.baseUrl, token: 'abc' });
});

afterEach(async () => {
  await proxy.close();
  await service.close();
});

const create = (title = 'x') => api.POST('/api/v1/tasks', { body: { title } });
const register = () =>
  api.POST('/api/v1/auth/register', { body: { email: 'a@example.com', username: 'ada', password: 'secret-secret' } });
const login = () => api.POST('/api/v1/auth/login', { body: { username: 'ada', password: 'secret-secret' } });
const keys = (): unknown[] => service.seen.map(({ headers }) => headers['idempotency-key']);
const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

describe('a write', () => {
  it('has a key of its own, and so has a registration', async () => {
    await create();
    await create();
    await register();
    expect(keys()).toEqual([uuid, uuid, uuid]);
    expect(new Set(keys()).size).toBe(3);
  });

  it('has the key that it is given', async () => {
    await api.POST('/api/v1/tasks', { params: { header: { 'Idempotency-Key': 'mine' } }, body: { title: 'x' } });
    expect(keys()).toEqual(['mine']);
  });

  it('has none where none is taken, and a read has none', async () => {
    await login();
    await api.POST('/api/v1/auth/login', {
      headers: { 'idempotency-key': 'x' },
      body: { username: 'a', password: 'b' },
    });
    await api.GET('/api/v1/auth/me');
    expect(keys()).toEqual([undefined, undefined, undefined]);
  });

  it('is done once, and answered, when its answers are lost', async () => {
    proxy.toLose = 2;
    expect(await dataOf(create('once'))).toEqual({ id: 7 });
    expect(service.effects).toEqual(['{"title":"once"}']);
    expect(service.seen).toHaveLength(3);
    expect(new Set(keys()).size).toBe(1);
  });

  it('is done once when its answer breaks off', async () => {
    service.script.push({ status: 200, headers: { 'content-length': '50' }, body: '{"id":' });
    const cutOff = createApiClient({ baseUrl: service.baseUrl });
    const written = cutOff.PATCH('/api/v1/auth/me', { body: { full_name: 'Ada' } });
    await expect.poll(() => service.seen.length).toBe(1);
    service.cut();
    expect((await written).data).toEqual({ id: 7 });
    expect(service.effects).toHaveLength(1);
  });

  it('depends on a version where one is given', async () => {
    await api.PATCH('/api/v1/tasks/{id}', { params: { path: { id: 7 } }, body: { title: 'y' }, version: 3 });
    await api.DELETE('/api/v1/tasks/{id}', { params: { path: { id: 7 } }, version: 4 });
    await api.PATCH('/api/v1/tasks/{id}', { params: { path: { id: 7 } }, body: { title: 'y' } });
    expect(service.seen.map(({ headers }) => headers['if-match'])).toEqual(['"3"', '"4"', undefined]);
  });

  it.each([0, 1.5, Number.NaN, 2 ** 53])('is not sent with %s for a version', async (version) => {
    const call = api.PATCH('/api/v1/auth/me', { body: { full_name: 'Ada' }, version });
    await expect(call).rejects.toThrow('a version is an integer from 1');
    expect(service.seen).toEqual([]);
  });

  it('takes a version where the operation does, and a number alone', () => {
    const wrong = [
      // @ts-expect-error: creating depends on nothing
      () => api.POST('/api/v1/tasks', { body: { title: 'x' }, version: 1 }),
      // @ts-expect-error: not a number
      () => api.PATCH('/api/v1/auth/me', { body: { full_name: 'x' }, version: '1' }),
    ];
    expect(wrong).toHaveLength(2);
  });
});

describe('when its answer is lost,', () => {
  it('a read is sent again', async () => {
    proxy.toLose = 1;
    expect((await api.GET('/api/v1/auth/me')).data).toEqual({ id: 7 });
    expect(service.seen).toHaveLength(2);
  });

  it('a call without a key is not: nobody knows whether it was done', async () => {
    proxy.toLose = 1;
    await expect(login()).rejects.toThrow('fetch failed');
    expect(service.seen).toHaveLength(1);
  });
});
