import { Type } from '@tasktracker/schema';

/** What a service that consumes events of others takes from its environment. */
export const consumerVariables = {
  SERVICE_SECRET_FILE: Type.Optional(
    Type.String({
      description: 'file with the secret by which the service gets tokens of its own; if unset, it hears of no events',
    }),
  ),
};
