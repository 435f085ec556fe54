import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where lines go: a terminal (live, coloured unless NO_COLOR) or a pipe or file (plain lines). */
export interface Terminal {
  /** Runs `work` under a line of its own that ends with the time it took; `detail` may be set while it runs. */
  step<T>(name: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T>;
  /** A line of its own, above the steps that are still running. */
  say(line: string): void;
  style(style: Style, text: string): string;
}

interface Step {
  readonly name: string;
  readonly startedAt: number;
  detail: string;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 80;
const nameWidth = 22;
const timeWidth = 8;
const detailColumn = 4 + nameWidth + 1 + timeWidth + 2;

/** What is needed of `process.stdout`. */
export interface TerminalStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export function createTerminal(stream: TerminalStream, env: NodeJS.ProcessEnv): Terminal {
  const live = stream.isTTY && env['TERM'] !== 'dumb';
  const coloured = live && !env['NO_COLOR'];
  const running = new Set<Step>();
  let drawn = 0;
  let ticker: NodeJS.Timeout | undefined;
  // A reader that went away (`| head`) must not take the stack with it.
  stream.on('error', () => {});

  const style = (format: Style, text: string): string =>
    coloured ? styleText(format, text, { validateStream: false }) : text;

  const dim = (text: string): string => style('dim', text);
  const roomForDetail = (): number => Math.max(1, (stream.columns || 80) - detailColumn - 1);

  function draw(finishedLines: string): void {
    if (!live) {
      stream.write(finishedLines);
      return;
    }
    const frame = frames[Math.floor(performance.now() / frameMs) % frames.length] ?? '';
    const lines = [...running].map((each) =>
      toLine(style('cyan', frame), each.name, '', dim(each.detail.slice(0, roomForDetail()))),
    );
    // From the left edge: terminals draw `^C` where the cursor is.
    const clear = drawn === 0 ? '' : `\r\u001b[${drawn}A\u001b[J`;
    stream.write(clear + finishedLines + lines.join(''));
    drawn = lines.length;
  }

  function drop(ended: Step): void {
    running.delete(ended);
    if (running.size === 0) clearInterval(ticker);
    draw('');
  }

  function finish(ended: Step, mark: string): void {
    running.delete(ended);
    if (running.size === 0) clearInterval(ticker);
    // What is too long for its line continues below, never cut within a word.
    const [first = '', ...rest] = live ? wrapWords(ended.detail, roomForDetail()) : [ended.detail];
    const time = formatTime(performance.now() - ended.startedAt);
    const below = rest.map((line) => `${' '.repeat(detailColumn)}${dim(line)}\n`);
    draw([toLine(mark, ended.name, time, dim(first)), ...below].join(''));
  }

  async function step<T>(name: string, work: (detail: (text: string) => void) => Promise<T>): Promise<T> {
    const current: Step = { name, startedAt: performance.now(), detail: '' };
    if (running.size === 0 && live) ticker = setInterval(() => draw(''), frameMs);
    running.add(current);
    if (live) draw('');
    try {
      const result = await work((text) => (current.detail = text));
      finish(current, live ? style('green', '✔') : 'ok');
      return result;
    } catch (error) {
      if (isAbort(error)) drop(current);
      else finish(current, live ? style('red', '✖') : 'failed');
      throw error;
    }
  }

  return { step, say: (line) => draw(`${line}\n`), style };
}

function toLine(mark: string, name: string, time: string, detail: string): string {
  return `${`  ${mark} ${name.padEnd(nameWidth)} ${time.padStart(timeWidth)}  ${detail}`.trimEnd()}\n`;
}

/** What work rejects with when it was called off rather than failed. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

export function formatTime(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** Lines of at most `width` characters; a longer word has a line of its own. */
function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
