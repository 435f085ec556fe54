import { createKeyedWrites, type Answer, type KeyedWrite } from '@tasktracker/idempotency';
import type { EntryRow } from './entry-repository.ts';
import type { Entry } from './entry-schemas.ts';
import type { EntryStore } from './entry-store.ts';

/** What an owner can do with entries of their own. A write with a key gives the answer that it had before. */
export interface EntryService {
  create(ownerId: bigint, text: string, keyed: KeyedWrite | null): Promise<Answer>;
  list(ownerId: bigint): Promise<Entry[]>;
}

export function createEntryService(store: EntryStore): EntryService {
  const writes = createKeyedWrites(store);
  return {
    create: (ownerId, text, keyed) =>
      writes.once(keyed, async ({ entries }) => {
        const entry = toEntry(await entries.create(ownerId, text));
        return { status: 201, headers: {}, body: toEntryText(entry) };
      }),
    list: async (ownerId) => (await store.entries.findNewest(ownerId, 100)).map(toEntry),
  };
}

function toEntry({ id, text, createdAt }: EntryRow): Entry {
  return { text, id, created_at: createdAt.toISOString() };
}

/** By member: JSON.stringify takes no bigint. */
function toEntryText({ id, text, created_at: createdAt }: Entry): string {
  return `{"text":${JSON.stringify(text)},"id":${id},"created_at":"${createdAt}"}`;
}
