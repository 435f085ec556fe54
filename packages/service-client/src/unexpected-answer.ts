/** A service answered, but with another status or shape than expected. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';

  constructor(path: string, status: number) {
    super(`${path} was answered with status ${status}${status === 200 ? ' in another shape' : ''}`);
  }
}
