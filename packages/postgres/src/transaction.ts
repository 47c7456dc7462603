/** Transactions that count as begun and committed only if the server has confirmed that. */
import type { PoolClient } from 'pg'
import { endsConnection, errorWithState, faultOf, markPostgresErrors, sqlStateOf } from './fault.ts'
import type { FreshConnections } from './fresh-connections.ts'
import { assertWritable } from './parameters.ts'
import { type Pipeline, pipelineOf, type StatementToSend } from './pipeline.ts'
import type { Statement, Transaction } from './sql.ts'
import type { Answer } from './unit.ts'

/** They have no names, because a pooler may drop the prepared statements between two transactions. */
const begin: StatementToSend = { text: 'begin', isNamed: false }
const commit: StatementToSend = { text: 'commit', isNamed: false }
const rollback: StatementToSend = { text: 'rollback', isNamed: false }

interface TransactionOptions {
  readonly connections: FreshConnections
  /** After this the server ends the session. 0: never. */
  readonly idleInTransactionMs: number
}

/** Runs the work in one transaction on one of the connections. See `Database.transaction`. */
export const runTransaction = async <Result>(
  work: (sql: Transaction) => Promise<Result>,
  options: TransactionOptions,
): Promise<Result> => {
  const client = await options.connections.connect()
  const transaction = new CheckedTransaction(client, options)
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
  readonly #pipeline: Pipeline
  readonly #maxIdleMs: number
  /** When the server last answered, by a monotonic clock, ms. Infinity from the sending of a statement until the next answer. */
  #answeredAtMs = Number.POSITIVE_INFINITY
  #begun: Promise<void> | undefined
  #state: 'beginning' | 'begun' | 'ended' = 'beginning'
  #waitsForBegin = false
  #cause: unknown
  #committed: Promise<unknown> | undefined

  constructor(client: PoolClient, { connections, idleInTransactionMs }: TransactionOptions) {
    this.#connections = connections
    this.#client = client
    this.#pipeline = pipelineOf(client)
    this.#maxIdleMs = idleInTransactionMs || Number.POSITIVE_INFINITY
  }

  /** Sends `begin`, unless that was done, in one unit with the reads that follow it. Resolves when the server has confirmed it. */
  #ensureBegun(): Promise<void> {
    if (this.#begun === undefined) {
      this.#begun = this.#sendBegin()
      this.#begun.catch(ignore) // the statements report it
    }
    return this.#begun
  }

  /**
   * A statement that only reads is sent together with `begin`. One that may write waits for the confirmation of
   * `begin`, and so do all later ones, because outside of a transaction it would commit immediately. Results
   * are returned only after the confirmation.
   */
  async query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    this.#assertOpen()
    const begun = this.#ensureBegun()
    if (this.#state === 'beginning') {
      this.#waitsForBegin ||= !reads(text)
      if (this.#waitsForBegin) await begun
    }
    const { rows } = await this.#run<Row>({ text, values })
    return rows
  }

  async commit<Row>(statements: readonly Statement[]): Promise<Row[]> {
    this.#assertOpen()
    for (const { values } of statements) values.forEach(assertWritable) // else the others would be committed
    const committed = this.#commitAfter<Row>(statements)
    this.#committed = committed
    committed.catch(ignore) // `end` reports it, if the work does not
    return await committed
  }

  /** Commits, unless that was done. @throws unless it is certain that everything was committed. */
  async end(): Promise<void> {
    await (this.#committed ?? this.commit([]))
  }

  #commitAfter<Row>(statements: readonly Statement[]): Promise<Row[]> {
    return markPostgresErrors(async () => {
      await this.#ensureBegun()
      this.#state = 'ended'
      const sent = [...statements, commit].map((statement) => this.#run<Row>(statement))
      const answers = await Promise.all(sent) // if one fails, the server skips the commit
      const command = answers.at(-1)?.command
      if (command !== 'COMMIT')
        throw (
          this.#cause ?? errorWithState('40000', `The server answered commit with ${command}: nothing was committed.`)
        )
      return answers.at(-2)?.rows ?? []
    })
  }

  #assertOpen(): void {
    if (this.#state === 'ended' || this.#committed !== undefined) throw new Error('The transaction has ended.')
  }

  async #run<Row>(statement: StatementToSend): Promise<Answer<Row>> {
    const idleMs = performance.now() - this.#answeredAtMs
    this.#answeredAtMs = Number.POSITIVE_INFINITY // until its answer the session is not idle
    try {
      const answer = await this.#pipeline.send<Row>(statement)
      await this.#ensureBegun()
      this.#answeredAtMs = performance.now()
      return answer
    } catch (thrown) {
      await this.#ensureBegun()
      const error = idleMs > this.#maxIdleMs && endsConnection(thrown) ? idleTimeout(idleMs, thrown) : thrown
      this.#cause ??= error
      this.#connections.renewAfter(error, this.#client)
      throw isFollowUp(error) ? this.#cause : error
    }
  }

  /** Returns the reason to close the connection if it can't be trusted any more. */
  async rollback(): Promise<Error | undefined> {
    this.#state = 'ended' // further statements of the work must not run outside of the transaction
    if (this.#begun === undefined) return undefined
    try {
      await this.#begun
      await this.#pipeline.send(rollback)
      return undefined
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
  }

  #sendBegin(): Promise<void> {
    return markPostgresErrors(async () => {
      const { command } = await this.#pipeline.send(begin).catch((cause: unknown) => {
        throw faultOf(cause) === undefined ? cause : unconfirmed(cause) // a unit that can't be written is not sent
      })
      if (command !== 'BEGIN') throw unconfirmed(new Error(`The server answered begin with ${command}.`))
      if (this.#state === 'beginning') this.#state = 'begun'
    })
  }
}

/** True for a statement that has no lasting effect outside of a transaction. */
const reads = (text: string): boolean => /^\s*select\b/i.test(text)

/** in_failed_sql_transaction: an earlier statement failed. This error has no information about it. */
const isFollowUp = (error: unknown): boolean => sqlStateOf(error) === '25P02'

/** The server's own report of it is lost if a large write fails before that is read. */
const idleTimeout = (idleMs: number, cause: unknown): Error =>
  errorWithState('25P03', `The transaction was idle for ${Math.round(idleMs)} ms, and was ended.`, { cause })

const unconfirmed = (cause: unknown): Error =>
  errorWithState('08000', 'The server has not confirmed the begin of the transaction.', { cause })

const ignore = () => undefined
