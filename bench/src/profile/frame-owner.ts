import { fileURLToPath } from 'node:url';

/** Whose code a frame is. */
export type FrameKind = 'own' | 'dependency' | 'node' | 'v8';

/** Where V8 says that a function is; line and column count from 0. */
export interface CallFrame {
  readonly functionName: string;
  readonly scriptId: string;
  readonly url: string;
  readonly lineNumber: number;
}

export interface FrameOwner {
  readonly kind: FrameKind;
  /** A package, a folder of ours, a module of Node, or what V8 does. */
  readonly owner: string;
  /** `file:line` as a person looks it up; nothing where there is none. */
  readonly place: string;
}

const repository = new URL('../../../', import.meta.url).href;
const nativeScript = '0';

/** Types are stripped in place: lines are those of the sources. */
export function ownerOf({ functionName, scriptId, url, lineNumber }: CallFrame): FrameOwner {
  const line = lineNumber + 1;
  if (url.startsWith('node:')) return { kind: 'node', owner: nodeModuleOf(url), place: `${url}:${line}` };
  const inPackage = url.lastIndexOf('/node_modules/');
  if (inPackage !== -1) {
    const path = decodeURIComponent(url.slice(inPackage + '/node_modules/'.length));
    return { kind: 'dependency', owner: packageOf(path), place: `${path}:${line}` };
  }
  if (url.startsWith('file:')) {
    const path = url.startsWith(repository) ? decodeURIComponent(url.slice(repository.length)) : fileURLToPath(url);
    return { kind: 'own', owner: path.slice(0, path.lastIndexOf('/')), place: `${path}:${line}` };
  }
  if (/^\((?!anonymous)/.test(functionName)) return { kind: 'v8', owner: functionName, place: '' };
  if (scriptId === nativeScript) return { kind: 'node', owner: `native ${functionName || '(anonymous)'}`, place: '' };
  // Validators and serializers that a library wrote at the start.
  return { kind: 'dependency', owner: 'generated code', place: `${url}:${line}` };
}

/** `node:internal/streams/readable` and `node:_http_server` belong to `node:streams` and `node:http`. */
function nodeModuleOf(url: string): string {
  const path = url.replace(/^node:(internal\/)?(deps\/)?/, '');
  const [first = path] = path.split('/');
  return `node:${/^_([a-z]+)/.exec(first)?.[1] ?? first}`;
}

function packageOf(path: string): string {
  if (path.startsWith('.cache/')) return /([a-z]+)-[0-9a-f]+\.mjs$/.exec(path)?.[1] ?? path; // TypeBox, bundled (ADR 0039)
  const [scope = '', name = ''] = path.split('/');
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}
