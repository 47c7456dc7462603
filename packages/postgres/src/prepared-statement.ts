/** A statement of one connection, and the messages that prepare and run it (Postgres manual, 54.2.3 and 54.7). */
import { hash } from 'node:crypto'
import { type Encoder, encoderOf } from './binary.ts'
import type { MessageWriter } from './message-writer.ts'
import { writeParameter } from './parameters.ts'
import { type Column, columnOf, type Field } from './rows.ts'

export class PreparedStatement {
  readonly text: string
  /** Empty for one that is prepared each time, and returns no rows. */
  readonly #name: string
  /** By the types of the parameters. Undefined until the server has described them. */
  #encoders: readonly (Encoder | undefined)[] | undefined
  #columns: readonly Column[] = []

  constructor(text: string, { isNamed }: { readonly isNamed: boolean }) {
    this.text = text
    this.#name = isNamed ? hash('sha1', text) : ''
  }

  /** The server has described it, so it is prepared. */
  get isDescribed(): boolean {
    return this.#encoders !== undefined
  }

  /** The columns of its rows. */
  get columns(): readonly Column[] {
    return this.#columns
  }

  /** The server describes the parameters, and then the columns if there are any. */
  describeParameters(types: readonly number[]): void {
    this.#encoders = types.map(encoderOf)
  }

  describeColumns(fields: readonly Field[]): void {
    this.#columns = fields.map(columnOf)
  }

  /** Prepares the statement. A named one is also described. */
  writeParse(to: MessageWriter): void {
    to.begin('P')
    to.zeroTerminated(this.#name)
    to.zeroTerminated(this.text)
    to.int16(0) // the server infers the types of the parameters
    to.end()
    if (this.#name === '') return
    to.begin('D')
    to.zeroTerminated(`S${this.#name}`)
    to.end()
  }

  /** Runs it with these values, in the unnamed portal. */
  writeExecute(to: MessageWriter, values: readonly unknown[]): void {
    to.begin('B')
    to.zeroTerminated('')
    to.zeroTerminated(this.#name)
    to.int16(values.length)
    const formats = to.position
    for (const _ of values) to.int16(0)
    to.int16(values.length)
    for (const [index, value] of values.entries())
      to.setInt16(writeParameter(to, value, this.#encoders?.[index]), formats + 2 * index)
    to.int16(0) // all columns as text
    to.end()
    to.begin('E')
    to.zeroTerminated('')
    to.int32(0) // all rows
    to.end()
  }
}
