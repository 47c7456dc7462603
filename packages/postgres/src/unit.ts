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
export interface PendingStatement {
  readonly text: string
  readonly values: readonly unknown[]
  readonly isNamed: boolean
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

/** The answer to a statement, as far as it has arrived. */
interface PartialAnswer {
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
  readonly #pending: PendingStatement[] = []
  readonly #answers: PartialAnswer[] = []
  /** How many statements are completely answered. */
  #answered = 0
  #state: 'open' | 'writing' | 'sent' | 'ended' = 'open'

  constructor(session: Session) {
    this.#session = session
  }

  /** The statements, for the instrumentation. */
  get text(): string {
    return this.#pending.map(({ text }) => text).join(';\n')
  }

  get isEmpty(): boolean {
    return this.#pending.length === 0
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  add(statement: PendingStatement): void {
    this.#pending.push(statement)
  }

  /** Sends the statements. pg passes an error that it returns to `handleError`. */
  submit(connection: Connection): Error | undefined {
    const { writer } = this.#session
    this.#state = 'writing'
    this.#session.attach(connection)
    this.#session.onParameterDescription = (types) => this.#answer?.statement.describeParameters(types)
    writer.clear()
    try {
      for (const pending of this.#pending)
        this.#answers.push({ statement: this.#write(pending), rows: [], command: '' })
      writer.begin('S') // Sync
      writer.end()
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error))
    }
    this.#state = 'sent'
    connection.stream.write(writer.written())
    return undefined
  }

  #write({ text, values, isNamed }: PendingStatement): PreparedStatement {
    const { statements, writer } = this.#session
    const known = statements.get(text)
    const statement = known ?? new PreparedStatement(text, { isNamed })
    if (!known) statement.writeParse(writer)
    statement.writeExecute(writer, values)
    if (isNamed) statements.set(text, statement)
    return statement
  }

  /** That of the statement whose messages arrive. */
  get #answer(): PartialAnswer | undefined {
    return this.#answers[this.#answered]
  }

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    this.#answer?.statement.describeColumns(fields)
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const answer = this.#answer
    if (answer === undefined || answer.failure !== undefined) return
    try {
      answer.rows.push(rowOf(answer.statement.columns, fields))
    } catch (error) {
      answer.failure = error
    }
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    if (this.#answer) this.#answer.command = text
    this.#answered += 1
  }

  handleEmptyQuery(): void {
    this.#answered += 1
  }

  /** All statements have been executed. Outside of a transaction, their effects are committed only now. */
  handleReadyForQuery(): void {
    this.#end(null, this.#answered)
  }

  /**
   * A statement has failed, or the connection. If all are answered, the Sync has failed, which would have committed them: none has
   * succeeded. A connection whose answers may still arrive is closed.
   */
  handleError(error: Error, connection: Connection): void {
    const isLate = this.#state === 'sent' && !(error instanceof DatabaseError)
    const succeeded = this.#answered === this.#pending.length ? 0 : this.#answered
    this.#end(error, succeeded)
    if (isLate) connection.stream.destroy()
  }

  #end(error: Error | null, succeeded: number): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    for (const { statement } of this.#answers)
      if (!statement.isDescribed) this.#session.statements.delete(statement.text)
    for (const [index, { resolve, reject }] of this.#pending.entries()) {
      const answer = this.#answers[index]
      if (!answer || index >= succeeded) reject(error)
      else if (answer.failure !== undefined) reject(answer.failure)
      else resolve({ command: answer.command, rows: answer.rows as never[] })
    }
    this.#forgetContents()
    this.callback(error)
  }

  /** The connection keeps its last unit, whose values and rows would survive garbage collections. */
  #forgetContents(): void {
    this.#pending.length = 0
    this.#answers.length = 0
  }
}

const ignore = () => undefined
