import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toDataDirPaths, type DataDir } from './data-dir.ts';
import { openSecrets } from './secrets.ts';

function newFolder(file: string): DataDir {
  const root = mkdtempSync(join(tmpdir(), 'tasktracker-secrets-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const dataDir = toDataDirPaths(root);
  mkdirSync(dataDir.secrets);
  writeFileSync(join(dataDir.secrets, file), '');
  return dataDir;
}

describe('the key of a data folder', () => {
  it.each(['key-encryption-key.new', '.DS_Store'])('is made in a new one, though %s is there', (file) => {
    const dataDir = newFolder(file);
    openSecrets(dataDir);
    expect(readdirSync(dataDir.secrets)).toContain('key-encryption-key');
  });

  it('is not made anew beside a password', () => {
    const dataDir = newFolder('task-app-password');
    expect(() => openSecrets(dataDir)).toThrow(/key-encryption-key is gone/);
    expect(readdirSync(dataDir.secrets)).toEqual(['task-app-password']);
  });
});
