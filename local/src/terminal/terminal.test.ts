import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createTerminal, type TerminalStream } from './terminal.ts';

class FakeStream extends Writable implements TerminalStream {
  readonly isTTY: boolean;
  readonly columns: number;
  text = '';

  constructor(isTTY: boolean, columns = 80) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

const escape = '\u001b';

async function twoSteps(stream: FakeStream, env: NodeJS.ProcessEnv): Promise<string> {
  const terminal = createTerminal(stream, env);
  await terminal.step('Postgres', async (detail) => detail('port 1'));
  await terminal.step('gateway', () => Promise.reject(new Error('no'))).catch(() => {});
  return stream.text;
}

describe('the terminal', () => {
  it('gets one plain line per step when it is not one', async () => {
    const lines = (await twoSteps(new FakeStream(false), {})).split('\n');
    expect(lines[0]).toMatch(/^ {2}ok Postgres +\d+ ms {2}port 1$/);
    expect(lines[1]).toMatch(/^ {2}failed gateway +\d+ ms$/);
    expect(lines).toHaveLength(3);
  });

  it('gets no control character at all when it is not one', async () => {
    expect(await twoSteps(new FakeStream(false), {})).not.toContain(escape);
  });

  it('shows a step while it runs, then its result in the same place, wherever a Ctrl-C has left the cursor', async () => {
    const text = await twoSteps(new FakeStream(true), {});
    expect(text).toContain(`\r${escape}[1A${escape}[J`);
    expect(text).toContain(`${escape}[32m✔${escape}[39m Postgres`);
    expect(text).toContain(`${escape}[31m✖${escape}[39m gateway`);
  });

  it('has no colour with NO_COLOR, but stays live', async () => {
    const text = await twoSteps(new FakeStream(true), { NO_COLOR: '1' });
    expect(text).toContain(`${escape}[1A`);
    expect(text).not.toContain(`${escape}[3`);
  });

  it('is plain on a dumb terminal', async () => {
    expect(await twoSteps(new FakeStream(true), { TERM: 'dumb' })).not.toContain(escape);
  });

  it('never lets a running step wrap: the cursor could not find back', async () => {
    const stream = new FakeStream(true, 60);
    const terminal = createTerminal(stream, { NO_COLOR: '1' });
    await terminal.step('gateway', async (detail) => {
      detail('x'.repeat(200));
      terminal.say('above');
    });
    const running = stream.text.split('\n').filter((line) => line.includes('⠋') || line.includes('xxx'));
    const drawnWhileRunning = running.slice(0, -1);
    expect(drawnWhileRunning.length).toBeGreaterThan(0);
    for (const line of drawnWhileRunning) expect(line.split(`${escape}[J`).at(-1)?.length).toBeLessThan(60);
  });

  it('breaks what is too long for it between words, and leaves a pipe its one line', async () => {
    const names = ['20260101000000_create_tasks', '20260102000000_count_tasks', '20260103000000_index_titles'];
    const apply = async (stream: FakeStream): Promise<string[]> => {
      const terminal = createTerminal(stream, { NO_COLOR: '1' });
      await terminal.step('task migrations', async (detail) => detail(`Applied 3 migrations: ${names.join(', ')}.`));
      return (stream.text.split(`${escape}[J`).at(-1) ?? '').trimEnd().split('\n');
    };
    const shown = await apply(new FakeStream(true, 80));
    expect(shown.length).toBeGreaterThan(1);
    for (const line of shown) expect(line.length).toBeLessThanOrEqual(80);
    for (const name of names) expect(shown.some((line) => line.includes(name))).toBe(true);
    expect(await apply(new FakeStream(false))).toHaveLength(1);
  });

  it('drops the line of a step that was called off', async () => {
    const stream = new FakeStream(false);
    const aborted = AbortSignal.abort().reason;
    await createTerminal(stream, {})
      .step('gateway', () => Promise.reject(aborted))
      .catch(() => {});
    expect(stream.text).toBe('');
  });
});
