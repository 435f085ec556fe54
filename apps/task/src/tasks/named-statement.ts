/** A statement that Postgres plans once per connection: same name, same text. */
export interface NamedStatement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/** Runs a statement on the connection that its maker chose and gives its rows. */
export type RunStatement = <Row extends object>(statement: NamedStatement) => Promise<Row[]>;
