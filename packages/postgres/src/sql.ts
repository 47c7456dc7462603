/** What code that runs statements needs of Postgres, inside a transaction or outside. */
export interface Sql {
  /**
   * Runs one statement, prepared once per connection. Values are passed as parameters ($1 …), never spliced in.
   * Where a migration has made its plan stale, it is prepared again; in a transaction that is a conflict.
   * Statements of a transaction that are not awaited one by one go out together, in order, and cost one round trip.
   * @throws the error of the driver; `faultOf` says what kind it is.
   */
  query<Row = Record<string, never>>(text: string, values?: readonly unknown[]): Promise<Row[]>
}

/** Connections to Postgres. */
export interface Connections {
  readonly open: number
  /** Of those that are open, the ones that somebody has. */
  readonly busy: number
  /** Statements and transactions that wait for one. */
  readonly waiting: number
}

export interface Database extends Sql {
  /**
   * Runs `work` in one transaction (READ COMMITTED). Commits when it resolves; rolls back when it rejects.
   * When the connection is lost during the commit nobody knows its outcome: the error is thrown, and may belie a commit.
   */
  transaction<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result>
  /** Waits for the statements that run, then closes all connections. */
  end(): Promise<void>
}

/** A database with connections of its own. */
export interface DatabasePool extends Database {
  /** As of now. */
  connections(): Connections
}
