/** The interface of statements, inside a transaction or outside. */
export interface Sql {
  /**
   * Runs one statement, prepared once per connection. Values are passed as parameters ($1 …), never inserted into the
   * text. If a migration has made its plan stale, it is prepared again; in a transaction that is a conflict. Statements
   * of a transaction that are not awaited one by one are sent together, in order, in one round trip.
   * @throws the error of the driver; `faultOf` returns its kind.
   */
  query<Row = Record<string, never>>(text: string, values?: readonly unknown[]): Promise<Row[]>
}

/** A parameter that the driver can always write. JSON is passed as text. */
export type Value = string | number | boolean | Date | Uint8Array | null | readonly Value[]

/** A statement and its parameters ($1 …). */
export interface Statement {
  readonly text: string
  readonly values: readonly Value[]
}

/** Runs one statement. */
export const run = <Row = Record<string, never>>(sql: Sql, { text, values }: Statement): Promise<Row[]> =>
  sql.query<Row>(text, values)

/** The statements of one transaction. */
export interface Transaction extends Sql {
  /**
   * Sends the last statements together with the commit, which costs one round trip in all, and ends the transaction. They
   * are values instead of calls, so that none of them can be sent after the commit. Resolves to the rows of the last one
   * when everything is committed.
   * @throws the first error of a statement, or of the commit. Then nothing is committed, unless the connection was lost after
   * this call.
   */
  commit<Row = Record<string, never>>(statements: readonly Statement[]): Promise<Row[]>
}

/** Connections to Postgres. */
export interface Connections {
  readonly open: number
  /** Open connections that are checked out. */
  readonly busy: number
  /** Statements and transactions that wait for a connection. */
  readonly waiting: number
}

export interface Database extends Sql {
  /**
   * Runs `work` in one transaction (READ COMMITTED). Commits when it resolves, unless `work` has done so. Rolls back when it
   * rejects. If the connection is lost during the commit, the outcome is unknown: the error is thrown although the commit
   * may have succeeded.
   */
  transaction<Result>(work: (sql: Transaction) => Promise<Result>): Promise<Result>
  /** Waits for running statements, then closes all connections. */
  end(): Promise<void>
}

/** A database with its own connections. */
export interface DatabasePool extends Database {
  /**
   * Checks that a connection has the settings that were sent when it was opened, and that the database stores all characters.
   * @throws {Error} whose message is one line.
   */
  checkSettings(): Promise<void>
  /** The current numbers. */
  connections(): Connections
}
