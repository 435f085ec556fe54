/** A fault the person at the terminal can do something about: its message is shown as it is, without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export function isErrno(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
