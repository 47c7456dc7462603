/** Statements that are sent together on a connection, and the answers to them. */
import { type Connection, DatabaseError, type Submittable } from 'pg'
import { MessageWriter } from './message-writer.ts'
import { PreparedStatement } from './prepared-statement.ts'
import { type Field, rowOf } from './rows.ts'

/** The server's answer to a statement. */
export interface Answer<Row> {
  /** The command tag, for example `BEGIN`, `COMMIT`, `INSERT 0 1`. */
  readonly command: string
  readonly rows: Row[]
}

/** A statement that is to be answered. */
export interface Call {
  readonly text: string
  readonly values: readonly unknown[]
  readonly isPrepared: boolean
  readonly resolve: (answer: Answer<never>) => void
  readonly reject: (error: unknown) => void
}

/** The state of a connection that its units share. */
export class Session {
  /** The prepared statements by their texts. */
  readonly statements = new Map<string, PreparedStatement>()
  /** A unit is written when the one before is answered. Then the server has received that, and its bytes can be overwritten. */
  readonly writer = new MessageWriter()
  /** Called with the next ParameterDescription. pg passes all other messages of the server to the unit. */
  onParameterDescription: (types: readonly number[]) => void = ignore
  #isAttached = false

  attach(connection: Connection): void {
    if (this.#isAttached) return
    this.#isAttached = true
    connection.on('parameterDescription', ({ dataTypeIDs }) => this.onParameterDescription(dataTypeIDs))
  }
}

/** The answer to a call, as far as it has arrived. */
interface Reply {
  readonly statement: PreparedStatement
  readonly rows: Record<string, unknown>[]
  command: string
  /** Set if a row can't be parsed. */
  failure?: unknown
}

/**
 * Statements that are sent together. If one fails, the server skips the rest. pg calls the methods `handle…` with the messages
 * of the server, which are in the order of the statements.
 */
export class Unit implements Submittable {
  /** Called once, at the end. pg and its instrumentation replace it to stop a timer and to end a span. */
  callback: (error: Error | null) => void = ignore
  readonly #session: Session
  readonly #calls: Call[] = []
  readonly #replies: Reply[] = []
  #answered = 0
  #state: 'open' | 'sent' | 'ended' = 'open'

  constructor(session: Session) {
    this.#session = session
  }

  /** The statements, for the instrumentation. */
  get text(): string {
    return this.#calls.map(({ text }) => text).join(';\n')
  }

  get isEmpty(): boolean {
    return this.#calls.length === 0
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  add(call: Call): void {
    this.#calls.push(call)
  }

  /** Sends the statements. pg passes an error that it returns to `handleError`. */
  submit(connection: Connection): Error | undefined {
    const { writer } = this.#session
    this.#state = 'sent'
    this.#session.attach(connection)
    this.#session.onParameterDescription = (types) => this.#reply?.statement.describeParameters(types)
    writer.clear()
    try {
      for (const call of this.#calls) this.#replies.push({ statement: this.#write(call), rows: [], command: '' })
      writer.begin('S') // Sync
      writer.end()
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
    connection.stream.write(writer.written())
    return undefined
  }

  #write({ text, values, isPrepared }: Call): PreparedStatement {
    const { statements, writer } = this.#session
    const known = statements.get(text)
    const statement = known ?? new PreparedStatement(text, { isNamed: isPrepared })
    if (!known) statement.writeParse(writer)
    statement.writeExecute(writer, values)
    if (isPrepared) statements.set(text, statement)
    return statement
  }

  /** That of the statement whose messages arrive. */
  get #reply(): Reply | undefined {
    return this.#replies[this.#answered]
  }

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    this.#reply?.statement.describeColumns(fields)
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const reply = this.#reply
    if (reply === undefined || reply.failure !== undefined) return
    try {
      reply.rows.push(rowOf(reply.statement.columns, fields))
    } catch (error) {
      reply.failure = error
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    if (this.#reply) this.#reply.command = text
    this.#answered += 1
  }

  handleEmptyQuery(): void {
    this.#answered += 1
  }

  /** All statements have been executed. Outside of a transaction, their effects are committed only now. */
  handleReadyForQuery(): void {
    this.#end(null)
  }

  /**
   * A statement has failed, or the connection, or all statements because they could not be committed. A connection whose answers
   * may still arrive is closed.
   */
  handleError(error: Error, connection: Connection): void {
    const isAnswer = error instanceof DatabaseError
    if (this.#answered === this.#calls.length) this.#answered = 0
    this.#end(error)
    if (!isAnswer) connection.stream.destroy()
  }

  #end(error: Error | null): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    for (const { statement } of this.#replies)
      if (!statement.isDescribed) this.#session.statements.delete(statement.text)
    for (const [index, { resolve, reject }] of this.#calls.entries()) {
      const reply = this.#replies[index]
      if (!reply || index >= this.#answered) reject(error)
      else if (reply.failure !== undefined) reject(reply.failure)
      else resolve({ command: reply.command, rows: reply.rows as never[] })
    }
    this.#forgetContents()
    this.callback(error)
  }

  /** The connection keeps its last unit, whose values and rows would survive garbage collections. */
  #forgetContents(): void {
    this.#calls.length = 0
    this.#replies.length = 0
  }
}

const ignore = () => undefined
