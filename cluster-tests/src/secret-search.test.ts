import { describe, expect, it } from 'vitest';
import { findSecrets, secretValues, withoutSecrets } from './secret-search.ts';

const password = 'pa/ss+word=1';
const encode = (text: string): string => Buffer.from(text).toString('base64');
const values = secretValues([
  { metadata: { name: 'database' }, data: { password: encode(password), username: encode('task_app_role') } },
  { metadata: { name: 'release' }, type: 'helm.sh/release.v1', data: { release: encode('the whole manifest') } },
]);

describe('the search for secret values', () => {
  it.each([
    ['as it is', `postgres://task:${password}@host`],
    ['in base64', `{"password":"${encode(password)}"}`],
    ['escaped for a URL', `postgres://task:${encodeURIComponent(password)}@host`],
  ])('finds one %s', (_form, text) => {
    expect(findSecrets(values, new Map([['a log', text]]))).toContain('database password in a log');
  });

  it('finds nothing in a text without one, and mistakes neither user names nor helm’s own record for one', () => {
    expect(findSecrets(values, new Map([['a log', 'task_app_role the whole manifest']]))).toEqual([]);
  });

  it('leaves out the Secrets of a manifest and nothing else', () => {
    const manifest = 'kind: Secret\ndata: { a: hidden }\n---\nkind: ConfigMap\ndata: { b: shown }\n---\n';
    expect(withoutSecrets(manifest)).toMatch(/^(?!.*hidden).*shown/);
  });
});
