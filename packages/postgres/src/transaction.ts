/** Transactions that count as begun and committed only if the server has confirmed that. */
import type { PoolClient } from 'pg'
import { isStalePlan, markPostgresErrors } from './fault.ts'
import type { FreshConnections } from './fresh-connections.ts'
import type { Statement, Transaction } from './sql.ts'
import { runPrepared } from './statement.ts'

/** Runs the work in one transaction on one of the connections. See `Database.transaction`. */
export const runTransaction = async <Result>(
  connections: FreshConnections,
  work: (sql: Transaction) => Promise<Result>,
): Promise<Result> => {
  const client = await connections.connect()
  const transaction = new CheckedTransaction(connections, client)
  let broken: Error | undefined
  try {
    const result = await work({
      query: (text, values) => transaction.query(text, values),
      commit: (statements) => transaction.commit(statements),
    })
    await transaction.end()
    return result
  } catch (error) {
    broken = await transaction.rollback()
    throw error
  } finally {
    client.release(broken)
  }
}

/** One transaction on a connection. `begin` and `commit` are checked by their command tags. */
class CheckedTransaction implements Transaction {
  readonly #connections: FreshConnections
  readonly #client: PoolClient
  readonly #begun: Promise<void>
  #state: 'beginning' | 'begun' | 'ended' = 'beginning'
  #waitsForBegin = false
  #cause: unknown
  #committed: Promise<unknown> | undefined

  constructor(connections: FreshConnections, client: PoolClient) {
    this.#connections = connections
    this.#client = client
    this.#begun = this.#begin()
    this.#begun.catch(ignore) // the next statement, or the commit, reports it
  }

  /**
   * A statement that only reads is sent together with `begin`. One that may write waits for the confirmation of
   * `begin`, and so do all later ones, because outside of a transaction it would commit immediately. Results
   * are returned only after the confirmation.
   */
  async query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    this.#assertOpen()
    if (this.#state === 'beginning') {
      this.#waitsForBegin ||= !reads(text)
      if (this.#waitsForBegin) await this.#begun
    }
    return this.#run<Row>(text, values)
  }

  async commit<Row>(statements: readonly Statement[]): Promise<Row[]> {
    this.#assertOpen()
    for (const { values } of statements) values.forEach(assertWritable)
    const committed = this.#commitAfter<Row>(statements)
    this.#committed = committed
    committed.catch(ignore) // `end` reports it, if the work does not
    return await committed
  }

  /** Commits, unless that was done. @throws unless it is certain that everything was committed. */
  async end(): Promise<void> {
    await (this.#committed ?? this.commit([]))
  }

  async #commitAfter<Row>(statements: readonly Statement[]): Promise<Row[]> {
    await this.#begun
    const sent = statements.map(({ text, values }) => this.#run<Row>(text, values))
    const committed = this.#commit() // the server answers with ROLLBACK if one of them fails
    await Promise.allSettled([...sent, committed])
    const results = await Promise.all(sent)
    await committed
    return results.at(-1) ?? []
  }

  #assertOpen(): void {
    if (this.#state === 'ended' || this.#committed !== undefined) throw new Error('The transaction has ended.')
  }

  async #run<Row>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    try {
      const rows = await runPrepared<Row>(this.#client, text, values)
      await this.#begun
      return rows
    } catch (error) {
      await this.#begun
      this.#cause ??= error
      if (isStalePlan(error)) this.#connections.renew(this.#client)
      throw isFollowUp(error) ? this.#cause : error
    }
  }

  #commit(): Promise<void> {
    this.#state = 'ended'
    return markPostgresErrors(async () => {
      const { command } = await this.#client.query('commit')
      if (command !== 'COMMIT')
        throw (
          this.#cause ??
          new TransactionFault(`The server answered commit with ${command}: nothing was committed.`, { code: '40000' })
        )
    })
  }

  /** Returns the reason to close the connection if it can't be trusted any more. */
  async rollback(): Promise<Error | undefined> {
    this.#state = 'ended' // further statements of the work must not run outside of the transaction
    try {
      await this.#begun
      await this.#client.query('rollback')
      return undefined
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  #begin(): Promise<void> {
    return markPostgresErrors(async () => {
      try {
        const { command } = await this.#client.query('begin')
        if (command !== 'BEGIN') throw new Error(`The server answered begin with ${command}.`)
      } catch (cause) {
        throw new TransactionFault('The transaction could not be started.', { code: '08000', cause })
      }
      if (this.#state === 'beginning') this.#state = 'begun'
    })
  }
}

/**
 * Rejects a value that the driver can't write. Its statement would fail without reaching the server, which would then commit
 * the others.
 * @throws {TypeError}
 */
const assertWritable = (value: unknown): void => {
  if (Array.isArray(value)) value.forEach(assertWritable)
  else if (value !== null && !(value instanceof Date) && !(value instanceof Uint8Array) && !isPrimitive(value))
    throw new TypeError(`A parameter of the type ${typeof value} can't be written. Pass JSON as text.`)
}

const isPrimitive = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)

/** True for a statement that has no lasting effect outside of a transaction. */
const reads = (text: string): boolean => /^\s*select\b/i.test(text)

/** in_failed_sql_transaction: an earlier statement failed. This error has no information about it. */
const isFollowUp = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === '25P02'

/**
 * The transaction could not be started, or was not committed. The codes are SQLSTATEs, from which `faultOf`
 * derives `unavailable` or `conflict`.
 */
class TransactionFault extends Error {
  override readonly name = 'TransactionFault'
  readonly code: string

  constructor(message: string, { code, cause }: { code: '08000' | '40000'; cause?: unknown }) {
    super(message, { cause })
    this.code = code
  }
}

const ignore = () => undefined
