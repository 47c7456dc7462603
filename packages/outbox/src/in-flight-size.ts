/** The number of rows and bytes that a relay has in flight. */
import { maxBodyBytes } from '@quadrille/messages'
import type { OutboxRow } from './outbox.ts'

const maxBytes = 128 * 1024 * 1024

export type Sized = Pick<OutboxRow, 'body' | 'bytes' | 'verbatim'>

const sizeOf = ({ body, bytes, verbatim }: Sized): number =>
  verbatim?.body.byteLength ?? bytes ?? Buffer.byteLength(body)

export class InFlightSize {
  #rows = 0
  #bytes = 0

  get rows(): number {
    return this.#rows
  }

  add(rows: readonly Sized[]): void {
    this.#rows += rows.length
    for (const row of rows) this.#bytes += sizeOf(row)
  }

  remove(rows: readonly Sized[]): void {
    this.#rows -= rows.length
    for (const row of rows) this.#bytes -= sizeOf(row)
  }

  /** The number of rows, from the first one on, that may be sent in addition. */
  countFitting(rows: readonly Sized[], maxRows: number): number {
    let bytes = this.#bytes
    const tooMany = rows.findIndex((row, index) => {
      bytes += sizeOf(row)
      return this.#rows + index >= maxRows || bytes > maxBytes
    })
    return tooMany < 0 ? rows.length : tooMany
  }

  /** The number of rows that may be sent before their size is known. Each counts as a body of the maximum size. */
  countRoom(): number {
    return Math.max(0, Math.floor((maxBytes - this.#bytes) / maxBodyBytes))
  }
}
