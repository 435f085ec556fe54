import { hash } from '@node-rs/argon2';
import { beforeAll, describe, expect, it } from 'vitest';
import { createPasswordHasher, type PasswordHasher } from './password-hasher.ts';

describe('the password hasher', () => {
  let hasher: PasswordHasher;

  beforeAll(async () => {
    hasher = await createPasswordHasher();
  });

  it("hashes with OWASP's parameters and a salt of its own each time", async () => {
    const [one, two] = await Promise.all([hasher.hash('correct horse'), hasher.hash('correct horse')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
  });

  it('knows the right password from a wrong one, beyond ASCII too', async () => {
    const passwordHash = await hasher.hash('pässwörd 🔑');
    expect(await hasher.verify('pässwörd 🔑', passwordHash)).toBe('right');
    expect(await hasher.verify('passwort 🔑', passwordHash)).toBe('wrong');
  });

  it('takes a password for the same however its letters are composed', async () => {
    const composed = 'pa\u00dfw\u00f6rt-x';
    const decomposed = 'pa\u00dfwo\u0308rt-x';
    expect(await hasher.verify(decomposed, await hasher.hash(composed))).toBe('right');
    expect(await hasher.verify(composed, await hasher.hash(decomposed))).toBe('right');
  });

  it('still takes what was hashed as typed before, and asks for a new hash then', async () => {
    const decomposed = 'pa\u00dfwo\u0308rt-x';
    const old = await hash(decomposed, { memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 });
    expect(await hasher.verify(decomposed, old)).toBe('outdated');
    expect(await hasher.verify(`${decomposed}y`, old)).toBe('wrong');
  });

  it('does the same work for nobody and says no', async () => {
    const passwordHash = await hasher.hash('correct horse');
    const cpuOf = async (candidate: string | undefined) => {
      const before = process.cpuUsage();
      expect(await hasher.verify('wro\u0308ng', candidate)).toBe('wrong');
      return process.cpuUsage(before).user;
    };
    let known = 0;
    let unknown = 0;
    for (let round = 0; round < 20; round += 1) {
      known += await cpuOf(passwordHash);
      unknown += await cpuOf(undefined);
    }
    expect(unknown / known).toBeGreaterThan(0.5);
    expect(unknown / known).toBeLessThan(2);
  });

  it('still takes what an earlier release hashed, which wrote the parameters in another order', async () => {
    const old = '$argon2id$v=19$m=19456,p=1,t=2$Qc01Qk8pD/qERYi9vX5KyA$5najvPXEZxm//A5whbu/YFttq6kBZMBOpIn/RDEkeV4';
    expect(await hasher.verify('correct horse', old)).toBe('right');
    expect(await hasher.verify('correct house', old)).toBe('wrong');
  });

  it('asks for a new hash when the parameters were others', async () => {
    const old = await hash('correct horse', { memoryCost: 8192, timeCost: 1, parallelism: 1 });
    expect(await hasher.verify('correct horse', old)).toBe('outdated');
  });

  it(
    'answers "overloaded" with a time to come back when the queue is full, and recovers',
    { tags: ['overload'] },
    async () => {
      const narrow = await createPasswordHasher({ limits: { concurrency: 1, maxWaiting: 1, maxWaitMs: 60_000 } });
      const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => narrow.hash('correct horse')));
      const refused = attempts.filter((attempt) => attempt.status === 'rejected').map((attempt) => attempt.reason);
      expect(refused).toHaveLength(3);
      expect(refused[0]).toMatchObject({ code: 'OVERLOADED', headers: { 'retry-after': '2' } });
      await expect(narrow.hash('correct horse')).resolves.toContain('$argon2id$');
    },
  );

  it('leaves the event loop free', async () => {
    let hashing = true;
    let turns = 0;
    const count = () => {
      turns += 1;
      if (hashing) setImmediate(count);
    };
    setImmediate(count);
    await hasher.hash('correct horse');
    hashing = false;
    expect(turns).toBeGreaterThan(100); // a hash on this thread would leave two or three
  });
});
