import { argon2id, hash } from 'argon2';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPasswordHasher, type PasswordHasher } from './password-hasher.ts';

describe('the password hasher', () => {
  let hasher: PasswordHasher;

  beforeAll(async () => {
    hasher = await createPasswordHasher();
  });

  it("hashes with OWASP's parameters and a salt of its own each time", async () => {
    const [one, two] = await Promise.all([hasher.hash('correct horse'), hasher.hash('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
    expect(one).not.toBe(two);
  });

  it('knows the right password from a wrong one, beyond ASCII too', async () => {
    const passwordHash = await hasher.hash('pässwörd 🔑');
    expect(await hasher.verify('pässwörd 🔑', passwordHash)).toBe(true);
    expect(await hasher.verify('passwort 🔑', passwordHash)).toBe(false);
  });

  it('does the same work for nobody and says no', async () => {
    const passwordHash = await hasher.hash('correct horse');
    const rounds = 20;
    const time = async (candidate: string | undefined) => {
      const started = performance.now();
      expect(await hasher.verify('wrong', candidate)).toBe(false);
      return performance.now() - started;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      known.push(await time(passwordHash));
      unknown.push(await time(undefined));
    }
    const ratio = Math.min(...unknown) / Math.min(...known);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it('asks for a new hash when the parameters were others', async () => {
    const old = await hash('correct horse', { type: argon2id, memoryCost: 8192, timeCost: 1, parallelism: 1 });
    expect(hasher.needsRehash(old)).toBe(true);
    expect(await hasher.verify('correct horse', old)).toBe(true);
    expect(hasher.needsRehash(await hasher.hash('correct horse'))).toBe(false);
  });

  it('answers "unavailable" with a time to come back when the queue is full, and recovers', async () => {
    const narrow = await createPasswordHasher({ concurrency: 1, maxWaiting: 1 });
    const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => narrow.hash('correct horse')));
    const refused = attempts.filter((attempt) => attempt.status === 'rejected').map((attempt) => attempt.reason);
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ code: 'SERVICE_UNAVAILABLE', headers: { 'retry-after': '2' } });
    await expect(narrow.hash('correct horse')).resolves.toContain('$argon2id$');
  });

  it('leaves the event loop free', async () => {
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const started = performance.now();
    await Promise.all(Array.from({ length: 20 }, () => hasher.hash('correct horse')));
    clearInterval(timer);
    expect(longest).toBeLessThan((performance.now() - started) / 4);
  });
});
