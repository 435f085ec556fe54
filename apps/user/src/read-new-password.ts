import { createInterface, type Interface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** The operator's two entries were not the same, or nothing was entered. */
export class NoPasswordRead extends Error {
  override readonly name = 'NoPasswordRead';
}

/** A new password: the first line of stdin, or on a terminal asked for twice without echo. Throws NoPasswordRead. */
export function readNewPassword(): Promise<string> {
  return process.stdin.isTTY ? readTwice() : readFirstLine();
}

async function readFirstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  throw new NoPasswordRead('no password came on standard input');
}

async function readTwice(): Promise<string> {
  // readline takes the terminal's echo over and sends it to its output: here to nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    const password = await ask(terminal, 'New password: ');
    if ((await ask(terminal, 'Once more: ')) !== password) {
      throw new NoPasswordRead('the two passwords are not the same');
    }
    return password;
  } finally {
    terminal.close();
  }
}

async function ask(terminal: Interface, prompt: string): Promise<string> {
  const cancelled = new Promise<never>((_resolve, reject) => {
    terminal.once('SIGINT', () => reject(new NoPasswordRead('cancelled')));
    terminal.once('close', () => reject(new NoPasswordRead('cancelled')));
  });
  const answer = terminal.question('');
  process.stderr.write(prompt);
  try {
    return await Promise.race([answer, cancelled]);
  } finally {
    process.stderr.write('\n');
  }
}
