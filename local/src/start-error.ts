/** A fault the person at the terminal can do something about: its message is shown as it is, without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export function isErrno(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** Why a file can't be read, as the end of a sentence. */
export function describeReadFault({ code }: { readonly code: string }): string {
  const reasons: Record<string, string> = {
    ENOENT: 'it is not there',
    EACCES: 'no permission',
    EISDIR: 'it is a folder',
  };
  return reasons[code] ?? code;
}
