import type { Prisma } from '../generated/prisma/client.ts';

/** A row. */
export interface EntryRow {
  readonly id: bigint;
  readonly text: string;
  readonly createdAt: Date;
}

export interface EntryRepository {
  create(ownerId: bigint, text: string): Promise<EntryRow>;
  /** The newest ones of an owner, newest first. */
  findNewest(ownerId: bigint, limit: number): Promise<EntryRow[]>;
}

export function createEntryRepository({ entry }: Prisma.TransactionClient): EntryRepository {
  const select = { id: true, text: true, createdAt: true } as const;
  return {
    create: (ownerId, text) => entry.create({ data: { ownerId, text }, select }),
    findNewest: (ownerId, take) => entry.findMany({ where: { ownerId }, orderBy: { id: 'desc' }, take, select }),
  };
}
