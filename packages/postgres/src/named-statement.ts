/** A statement that Postgres plans once per connection: same name, same text. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
  /** Reads little, at a cost that doesn't grow, and waits for no lock: may share its connection with others like it. */
  readonly isBrief?: boolean;
}

/** Runs a statement on the connection that its maker chose and gives its rows. */
export type RunStatement = <Row extends object>(statement: NamedStatement) => Promise<Row[]>;
