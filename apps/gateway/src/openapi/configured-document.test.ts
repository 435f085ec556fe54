import { describe, expect, it } from 'vitest';
import committed from '../../openapi.json' with { type: 'json' };
import { toConfiguredDocument } from './configured-document.ts';

describe('the document that is served', () => {
  it('says how short a new password may be here', () => {
    const text = JSON.stringify(toConfiguredDocument(committed, { passwordMinLength: 6 }));
    expect(text.match(/"minLength":\d+,"maxLength":128/g)).toEqual(Array(2).fill('"minLength":6,"maxLength":128'));
  });

  it('is the committed one where nothing else is configured', () => {
    expect(toConfiguredDocument(committed, { passwordMinLength: 8 })).toEqual(committed);
  });

  it('is not made from a document that says nothing about passwords', () => {
    expect(() => toConfiguredDocument({ ...committed, paths: {} }, { passwordMinLength: 8 })).toThrow(
      'The API document has no /paths/~1api~1v1~1auth~1register/post',
    );
  });
});
