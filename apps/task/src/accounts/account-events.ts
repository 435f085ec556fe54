import type { ConsumedEvent, EventHandlers } from '@tasktracker/events';
import { Type, Value } from '@tasktracker/schema';
import type { TaskStore, TransactionRepositories } from '../tasks/task-store.ts';
import { eraseAccount, lookAgainMs } from './account-erasure.ts';

const Deleted = Type.Object({ account_id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });

/** What happens here when something happens to an account. */
export function createAccountHandlers(store: TaskStore): EventHandlers<TransactionRepositories> {
  return {
    'account.deleted.v1': {
      prepare: (event, signal) => eraseAccount(store, accountOf(event), signal),
      apply: ({ erasures }, event) => erasures.schedule(accountOf(event), lookAgainMs),
    },
  };
}

/** Throws for data of another shape. */
function accountOf({ data }: ConsumedEvent): bigint {
  return BigInt(Value.Parse(Deleted, data).account_id);
}
