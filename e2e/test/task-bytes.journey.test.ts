import { beforeAll, describe, expect, it } from 'vitest';
import { call } from '../src/http-call.ts';
import { type Account, newAccount } from '../src/journey-accounts.ts';
import { targetsOf } from '../src/journey-target.ts';
import { getTask, postTask, TASKS } from '../src/journey-tasks.ts';
import { readTask } from '../src/task-shape.ts';

let account: Account;

beforeAll(async () => {
  account = await newAccount();
});

const texts = {
  'plain words': 'Buy milk',
  'quotes, slashes and angle brackets': `"it's" a/b\\c <b>&amp;</b>`,
  'control characters': Array.from({ length: 31 }, (_, code) => String.fromCodePoint(code + 1)).join(''),
  'delete and C1 characters': '\u007F\u0080\u009F',
  'separators of lines and words': '\u2028\u2029\u00A0\uFEFF',
  'characters beyond the basic plane': '🦊👨‍👩‍👧𝒳',
  'combining and right-to-left characters': 'e\u0301 שלום \u202E!',
  'noncharacters of Unicode': '\uFFFE\uFFFF\uFFFD',
};

describe.each(targetsOf('task'))('one task $via', (target) => {
  it.each(Object.entries(texts))(
    'reads the same, byte for byte, from every endpoint: %s',
    { tags: ['task-bytes'] },
    async (_name, text) => {
      const fields = {
        title: text,
        description: `${text}\n${text}`,
        priority: 'high',
        due_date: '2030-01-02T03:04:05.6+01:00',
        estimate_minutes: 45,
      };
      const created = await postTask(account, fields, target);
      const task = readTask(created, 201);
      expect([task.title, task.description]).toEqual([text, `${text}\n${text}`]);
      const path = `${TASKS}${task.id}`;
      const ask = (method: string, suffix: string, json?: unknown) =>
        call(target, method, `${path}${suffix}`, { token: account.token, ...(json !== undefined && { json }) });

      const done = await ask('PATCH', '/complete');
      const answers = [
        await ask('PATCH', '/complete'),
        await getTask(account, task.id, target),
        await ask('PUT', '', {}),
        await ask('PATCH', '', {}),
        await ask('PATCH', '', { title: text }),
      ];
      expect(answers.map((answer) => answer.text)).toEqual(answers.map(() => done.text));

      const reopened = await ask('PATCH', '/incomplete');
      const { createdAt, updatedAt } = readTask(reopened);
      const asCreated = reopened.text
        .replace(`"updated_at":"${updatedAt}"`, `"updated_at":"${createdAt}"`)
        .replace(/"version":3}$/, '"version":1}');
      expect(asCreated).toBe(created.text);
      for (const query of ['', 'sort=-updated_at', 'priority=high&limit=1000', 'due_after=2030-01-01T00:00:00Z']) {
        const list = await call(target, 'GET', `${TASKS}?${query}`, { token: account.token });
        expect(list.text, query).toContain(reopened.text);
      }
    },
  );
});
