import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** The operator's two entries were not the same, or nothing was entered. */
export class NoPasswordRead extends Error {
  override readonly name = 'NoPasswordRead';
}

/** A new password: the first line of stdin, or on a terminal asked for twice without echo. Throws NoPasswordRead. */
export async function readNewPassword(): Promise<string> {
  const { stdin } = process;
  if (!stdin.isTTY) return readFirstLine(stdin);
  const password = await askSilently('New password: ');
  const again = await askSilently('Once more: ');
  if (password !== again) throw new NoPasswordRead('the two passwords are not the same');
  return password;
}

async function readFirstLine(stdin: NodeJS.ReadStream): Promise<string> {
  for await (const line of createInterface({ input: stdin })) return line;
  throw new NoPasswordRead('no password came on standard input');
}

async function askSilently(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  // readline echoes what is typed to its output: here to nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const cancelled = new Promise<never>((_resolve, reject) => {
    terminal.once('SIGINT', () => reject(new NoPasswordRead('cancelled')));
  });
  try {
    return await Promise.race([terminal.question(''), cancelled]);
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
