/** A service answered, but not with what was asked for: another status, or another shape. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';

  constructor(path: string, status: number) {
    super(`${path} was answered with status ${status}${status === 200 ? ' in another shape' : ''}`);
  }
}
