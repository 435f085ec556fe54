import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownerOf } from './frame-owner.ts';

const repository = pathToFileURL(join(import.meta.dirname, '../../..')).href;
const frame = (url: string, functionName = 'f', scriptId = '7') => ({ functionName, scriptId, url, lineNumber: 41 });

describe('the owner of a frame', () => {
  it.each([
    [
      `${repository}/apps/task/src/tasks/task-page.ts`,
      'own',
      'apps/task/src/tasks',
      'apps/task/src/tasks/task-page.ts:42',
    ],
    [`${repository}/node_modules/undici/lib/core/util.js`, 'dependency', 'undici', 'undici/lib/core/util.js:42'],
    [`${repository}/node_modules/a/node_modules/@b/c/d.js`, 'dependency', '@b/c', '@b/c/d.js:42'],
    [`${repository}/node_modules/.cache/tasktracker-typebox-00ff.mjs`, 'dependency', 'typebox', expect.any(String)],
    ['node:_http_outgoing', 'node', 'node:http', 'node:_http_outgoing:42'],
    ['node:internal/streams/readable', 'node', 'node:streams', 'node:internal/streams/readable:42'],
    ['node:internal/deps/undici/undici', 'node', 'node:undici', 'node:internal/deps/undici/undici:42'],
  ])('of %s is its package, module or folder, with a line that counts from 1', (url, kind, owner, place) => {
    expect(ownerOf(frame(url))).toEqual({ kind, owner, place });
  });

  it('without a file is V8 itself, a native function, or code that a library wrote', () => {
    expect(ownerOf(frame('', '(garbage collector)', '0'))).toMatchObject({ kind: 'v8', owner: '(garbage collector)' });
    expect(ownerOf(frame('', 'writev', '0'))).toMatchObject({ kind: 'node', owner: 'native writev' });
    expect(ownerOf(frame('', '', '0'))).toMatchObject({ kind: 'node', owner: 'native (anonymous)' });
    expect(ownerOf(frame('', 'validate', '7'))).toMatchObject({ kind: 'dependency', owner: 'generated code' });
  });
});
