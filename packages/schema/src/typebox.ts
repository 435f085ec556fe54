// What we use of TypeBox, and nothing else: the entry of its bundle.
export { Type } from 'typebox';
export { Compile } from 'typebox/compile';
export { Pointer, Value } from 'typebox/value';
