export interface ProgressBar {
  /** Draws `done` of the total. */
  show(done: number): void;
  /** Clears the bar for the lines that follow. */
  clear(): void;
}

const width = 40;

/** A bar on a terminal; nothing where the output goes elsewhere. */
export function createProgressBar(stream: NodeJS.WriteStream, total: number, unit: string): ProgressBar {
  if (!stream.isTTY) return { show() {}, clear() {} };
  return {
    show(done) {
      const filled = Math.round((done / total) * width);
      const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
      stream.write(`\r  ${bar} ${String(done).padStart(String(total).length)} of ${total} ${unit}`);
    },
    clear() {
      stream.write('\r\u001b[K');
    },
  };
}
