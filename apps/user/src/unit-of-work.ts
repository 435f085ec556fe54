/** Repositories whose calls are statements of their own, and the way to have several in one transaction. */
export type UnitOfWork<Repositories> = Readonly<Repositories> & {
  /** Runs `work` in one transaction, on repositories of its own; what it throws undoes all of it. */
  transaction<T>(work: (repositories: Readonly<Repositories>) => Promise<T>): Promise<T>;
};
