import type { EntryRepository, EntryRow } from './entry-repository.ts';
import type { Entry } from './entry-schemas.ts';

/** What an owner can do with entries of their own. */
export interface EntryService {
  create(ownerId: bigint, text: string): Promise<Entry>;
  list(ownerId: bigint): Promise<Entry[]>;
}

export function createEntryService(entries: EntryRepository): EntryService {
  return {
    create: async (ownerId, text) => toEntry(await entries.create(ownerId, text)),
    list: async (ownerId) => (await entries.findNewest(ownerId, 100)).map(toEntry),
  };
}

function toEntry({ id, text, createdAt }: EntryRow): Entry {
  return { text, id, created_at: createdAt.toISOString() };
}
