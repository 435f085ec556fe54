import { InvalidToken, ServiceUnavailable } from '@tasktracker/errors';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRemoteKeys, type RemoteKeys, type RemoteKeysOptions } from '../src/auth.ts';
import { createTokenIssuer, startKeySource, type KeySource } from '../src/testing/testing.ts';

const issuer = createTokenIssuer();
const pollIntervalMs = 20;
let source: KeySource;
let remote: RemoteKeys;
let lines: string[];

beforeEach(async () => {
  lines = [];
  source = await startKeySource([issuer.jwk]);
});

afterEach(async () => {
  await remote.close();
  await source.close();
});

const note = (_fields: unknown, message?: string): void => void lines.push(message ?? '');
const log = { warn: note, info: note };

function open(options: Partial<RemoteKeysOptions> = {}): void {
  remote = createRemoteKeys({ source, log, pollIntervalMs, ...options });
  void remote.start();
}

const later = Math.floor(Date.now() / 1_000) + 900;
const isEnded = (sessionId: string, expiresAt = later): boolean => remote.isEnded(sessionId, expiresAt);

const asked = (path: string, status?: number): number =>
  source.requests.filter((request) => request.path.endsWith(path) && (status ?? request.status) === request.status)
    .length;

describe('published keys', () => {
  it('are there for a call that comes right after the start', async () => {
    open();
    await expect(remote.publicKey(issuer.kid)).resolves.toBe(issuer.publicKeyPem);
  });

  it('are there for a call that comes right after the user service has started', async () => {
    source.mode = 'failing';
    open({ pollIntervalMs: 60_000 });
    await expect.poll(() => asked('jwks.json'), { timeout: 5_000 }).toBe(2);
    source.mode = 'answering';
    await expect(remote.publicKey(issuer.kid)).resolves.toBe(issuer.publicKeyPem);
  });

  it('are there for a call that comes while a question asked before the user service started is still unanswered', async () => {
    source.mode = 'silent';
    open({ pollIntervalMs: 60_000, timeoutMs: 500 });
    await expect.poll(() => asked('jwks.json'), { timeout: 5_000 }).toBe(1);
    source.mode = 'answering';
    await expect(remote.publicKey(issuer.kid)).resolves.toBe(issuer.publicKeyPem);
  });

  it('are there once the start is done, though the user service starts later', async () => {
    source.mode = 'failing';
    remote = createRemoteKeys({ source, log, pollIntervalMs });
    let isStarted = false;
    const started = remote.start().then(() => (isStarted = true));
    await expect.poll(() => asked('jwks.json')).toBeGreaterThan(2);
    expect(isStarted).toBe(false);
    source.mode = 'answering';
    await started;
    const before = asked('jwks.json');
    await expect(remote.publicKey(issuer.kid)).resolves.toBe(issuer.publicKeyPem);
    expect(asked('jwks.json')).toBe(before);
  });

  it('are not waited for in vain: a start without them is done after a while', async () => {
    source.mode = 'failing';
    remote = createRemoteKeys({ source, log, pollIntervalMs, firstAnswersMs: 100 });
    await remote.start();
    await expect(remote.publicKey(issuer.kid)).rejects.toBeInstanceOf(ServiceUnavailable);
  });

  it('are asked for again with the ETag, and an unchanged list is not sent twice', async () => {
    open();
    await expect.poll(() => asked('jwks.json', 304)).toBeGreaterThan(2);
    expect(asked('jwks.json', 200)).toBe(1);
    expect(asked('ended-sessions')).toBe(0);
    await expect(remote.publicKey(issuer.kid)).resolves.toBe(issuer.publicKeyPem);
  });

  it('include a new one before its first token comes', async () => {
    open();
    await remote.publicKey(issuer.kid);
    const next = createTokenIssuer();
    source.keys = [issuer.jwk, next.jwk];
    await expect.poll(() => asked('jwks.json', 200)).toBe(2);
    await expect(remote.publicKey(next.kid)).resolves.toBe(next.publicKeyPem);
    await expect(remote.publicKey(issuer.kid)).resolves.toBe(issuer.publicKeyPem);
  });

  it('no longer include a retired one', async () => {
    open();
    await remote.publicKey(issuer.kid);
    source.keys = [createTokenIssuer().jwk];
    await expect
      .poll(() => remote.publicKey(issuer.kid).then(String, (error: unknown) => error))
      .toBeInstanceOf(InvalidToken);
  });
});

describe('an unknown key id', () => {
  it('costs one fetch in the cool-down, however many tokens carry one', async () => {
    open({ pollIntervalMs: 60_000 });
    await remote.publicKey(issuer.kid);
    const before = asked('jwks.json');
    const answers = await Promise.allSettled(
      Array.from({ length: 500 }, (_, i) => remote.publicKey(`unknown-${i % 250}`)),
    );
    expect(answers.every((answer) => answer.status === 'rejected' && answer.reason instanceof InvalidToken)).toBe(true);
    expect(asked('jwks.json') - before).toBe(1);
  });

  it('is found at once when it was published a moment ago, by every caller that waits for it', async () => {
    open({ pollIntervalMs: 60_000 });
    await remote.publicKey(issuer.kid);
    const next = createTokenIssuer();
    source.keys = [issuer.jwk, next.jwk];
    const answers = await Promise.all(Array.from({ length: 50 }, () => remote.publicKey(next.kid)));
    expect(new Set(answers)).toEqual(new Set([next.publicKeyPem]));
  });

  it('is looked for again after the cool-down', async () => {
    open({ pollIntervalMs: 60_000, unknownKeyCooldownMs: 0 });
    await remote.publicKey(issuer.kid);
    await expect(remote.publicKey('nobody')).rejects.toBeInstanceOf(InvalidToken);
    await expect(remote.publicKey('nobody')).rejects.toBeInstanceOf(InvalidToken);
    expect(asked('jwks.json')).toBe(3);
  });

  it('proves nothing once the last answer is too old to rule a new key out', async () => {
    open({ conclusiveForMs: 50 });
    await remote.publicKey(issuer.kid);
    source.mode = 'failing';
    await expect
      .poll(() => remote.publicKey('new').then(String, (error: unknown) => error))
      .toBeInstanceOf(ServiceUnavailable);
    await expect(remote.publicKey(issuer.kid)).resolves.toBe(issuer.publicKeyPem);
  });
});

describe('while the user service does not answer', () => {
  it.each(['failing', 'silent', 'nonsense'] as const)(
    '%s: the last keys and ended sessions still apply',
    { tags: ['last-list-stands'] },
    async (mode) => {
      source.sessions = [{ sid: '7', until: 2e9 }];
      open({ timeoutMs: 500 });
      await remote.publicKey(issuer.kid);
      source.mode = mode;
      source.keys = [];
      source.sessions = [];
      const before = source.requests.length;
      await expect.poll(() => source.requests.length - before, { timeout: 4_500 }).toBeGreaterThan(4);
      await expect(remote.publicKey(issuer.kid)).resolves.toBe(issuer.publicKeyPem);
      expect(isEnded('7')).toBe(true);
      expect(lines.filter((line) => line.startsWith('source does not answer'))).toHaveLength(2);
    },
  );

  it.each(['failing', 'silent', 'nonsense'] as const)(
    '%s from the start: 503 with Retry-After, not 401',
    { tags: ['no-keys-yet'] },
    async (mode) => {
      source.mode = mode;
      open();
      const refusal: unknown = await remote.publicKey(issuer.kid).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(ServiceUnavailable);
      expect(refusal).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    },
  );

  it('keys without the list of ended sessions are not enough', async () => {
    const silent = await startKeySource();
    silent.mode = 'failing';
    open({ source: { ...source, endedSessionsUrl: `${silent.userServiceUrl}/internal/ended-sessions` } });
    await expect(remote.publicKey(issuer.kid)).rejects.toBeInstanceOf(ServiceUnavailable);
    expect(asked('jwks.json', 200)).toBe(1);
    await silent.close();
  });

  it('a set without a usable key counts as no answer', async () => {
    source.keys = [];
    open();
    await expect(remote.publicKey(issuer.kid)).rejects.toBeInstanceOf(ServiceUnavailable);
  });

  it('the source is asked again soon, and calls succeed once it answers', async () => {
    source.mode = 'failing';
    open({ pollIntervalMs: 3_000 });
    await expect(remote.publicKey(issuer.kid)).rejects.toBeInstanceOf(ServiceUnavailable);
    source.mode = 'answering';
    await expect
      .poll(() => remote.publicKey(issuer.kid).catch(() => undefined), { timeout: 1_000 })
      .toBe(issuer.publicKeyPem);
    expect(lines).toEqual([]);
  });
});

describe('ended sessions', () => {
  it('are refused from the next poll on, and no other', { tags: ['deactivated-everywhere'] }, async () => {
    open();
    await remote.publicKey(issuer.kid);
    expect(isEnded('7')).toBe(false);
    source.sessions = [{ sid: '7', until: later }];
    await expect.poll(() => isEnded('7')).toBe(true);
    expect(isEnded('8')).toBe(false);
  });

  it(
    'are read page by page from a cursor, and then only what is new',
    { tags: ['ended-session-changes'] },
    async () => {
      source.pageSize = 10;
      source.sessions = Array.from({ length: 95 }, (_, n) => ({ sid: String(n + 1), until: later }));
      open();
      await remote.publicKey(issuer.kid);
      expect(source.sessions.every(({ sid }) => isEnded(sid))).toBe(true);
      source.sessions.push({ sid: '1000', until: later });
      await expect.poll(() => isEnded('1000')).toBe(true);
      const pages = source.requests.map(({ path }) => path).filter((path) => path.includes('changes'));
      const readTwice = pages.slice(0, 10).filter((path) => pages.lastIndexOf(path) !== pages.indexOf(path));
      expect(new Set(pages.slice(0, 10)).size).toBe(10);
      expect(readTwice).toEqual([]);
    },
  );

  it('stay ended when the clock of the verifier jumps ahead of their expiry and back again', async () => {
    source.sessions = [{ sid: '7', until: later }];
    open();
    await expect.poll(() => isEnded('7')).toBe(true);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    // What has expired is forgotten little by little, in 16 polls.
    const before = asked('jwks.json');
    await vi.waitUntil(() => asked('jwks.json') > before + 20, { timeout: 10_000 });
    vi.useRealTimers();
    expect(isEnded('7')).toBe(true);
  });

  it('are read to the end though the source breaks off again and again: no page twice', async () => {
    source.pageSize = 1;
    source.sessions = Array.from({ length: 20 }, (_, n) => ({ sid: String(n + 1), until: later }));
    source.failsAfter = 3;
    open();
    await expect.poll(() => remote.publicKey(issuer.kid).catch(() => undefined)).toBe(issuer.publicKeyPem);
    expect(source.sessions.every(({ sid }) => isEnded(sid))).toBe(true);
    const answered = source.requests.filter(({ path, status }) => path.includes('changes') && status === 200);
    expect(new Set(answered.slice(0, 20).map(({ path }) => path)).size).toBe(20);
  });

  it('say how old they are: without end before the first answer, and ever older without another', async () => {
    source.mode = 'failing';
    open();
    expect(remote.endedAgeMs()).toBe(Number.POSITIVE_INFINITY);
    source.mode = 'answering';
    await expect.poll(() => Number.isFinite(remote.endedAgeMs())).toBe(true);
    source.mode = 'failing';
    const age = remote.endedAgeMs();
    await expect.poll(() => remote.endedAgeMs()).toBeGreaterThan(age + pollIntervalMs);
  });

  it('decide about no token before all of them are read', { tags: ['no-keys-yet'] }, async () => {
    source.pageSize = 1;
    source.sessions = [
      { sid: '7', until: later },
      { sid: '8', until: later },
    ];
    source.failsAfter = 1;
    open({ pollIntervalMs: 60_000 });
    await expect.poll(() => asked('changes', 200)).toBe(1);
    await expect.poll(() => source.requests.at(-1)?.status).toBe(500);
    source.mode = 'failing';
    await expect(remote.publicKey(issuer.kid)).rejects.toBeInstanceOf(ServiceUnavailable);
  });

  it('come from the whole list while the user service is of the release before, and from changes afterwards', async () => {
    source.isOfReleaseBefore = true;
    source.sessions = [{ sid: '7', until: later }];
    open();
    await remote.publicKey(issuer.kid);
    expect(isEnded('7')).toBe(true);
    source.sessions = [...source.sessions, { sid: '8', until: later }];
    await expect.poll(() => isEnded('8')).toBe(true);
    await expect.poll(() => asked('ended-sessions', 304)).toBeGreaterThan(0);
    source.isOfReleaseBefore = false;
    source.sessions = [...source.sessions, { sid: '9', until: later }];
    await expect.poll(() => isEnded('9')).toBe(true);
    expect(isEnded('7')).toBe(true);
  });

  it(
    'that are more than can be kept make tokens expire early: none of an ended session is taken',
    { tags: ['ended-session-changes'] },
    async () => {
      const soon = later - 600;
      source.sessions = [
        ...Array.from({ length: 60 }, (_, n) => ({ sid: String(n + 1), until: soon })),
        ...Array.from({ length: 60 }, (_, n) => ({ sid: String(n + 1_001), until: later })),
      ];
      open({ endedSessionsKept: 100 });
      await remote.publicKey(issuer.kid);
      expect(source.sessions.every(({ sid, until }) => isEnded(sid, until))).toBe(true);
      expect([isEnded('5000', soon), isEnded('5000', later)]).toEqual([true, false]);
      expect(lines).toEqual(['more sessions ended than can be kept: tokens are refused before they expire']);
    },
  );
});
