import { ProblemBody } from '@tasktracker/contracts';
import type { ErrorDefinition } from '@tasktracker/errors';
import { ref } from './ref.ts';

/** Error answers for OpenAPI: one entry per status, its codes named in the description. */
export function problemResponses(problems: readonly ErrorDefinition[]): Record<number, object> {
  const byStatus = Map.groupBy(problems, ({ status }) => status);
  return Object.fromEntries(
    [...byStatus].map(([status, grouped]) => [
      status,
      {
        description: [...new Set(grouped.map(({ code }) => code))].join(', '),
        content: { 'application/problem+json': { schema: ref(ProblemBody) } },
      },
    ]),
  );
}
