/** Why a database can't be made. `message` is one sentence that names the missing right and how to give it. */
export class ProvisionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ProvisionError';
  }
}
