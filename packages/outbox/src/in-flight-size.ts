/** How many rows, and how many bytes, a relay has on their way. */
import { maxBodyBytes } from '@quadrille/messages'
import type { OutboxRow } from './outbox.ts'

/** How many bytes may be on their way at a time. */
const maxBytes = 128 * 1024 * 1024

export type Sized = Pick<OutboxRow, 'body' | 'asItCame'>

const sizeOf = ({ body, asItCame }: Sized): number => asItCame?.body.byteLength ?? body.length

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

  /** How many of the rows, from the first one on, may be on their way in addition. */
  fitting(rows: readonly Sized[], maxRows: number): number {
    let bytes = this.#bytes
    const tooMany = rows.findIndex((row, index) => {
      bytes += sizeOf(row)
      return this.#rows + index >= maxRows || bytes > maxBytes
    })
    return tooMany < 0 ? rows.length : tooMany
  }

  /** For how many rows there is room whose size is not known yet: each may have the largest body that a message has. */
  room(): number {
    return Math.max(0, Math.floor((maxBytes - this.#bytes) / maxBodyBytes))
  }
}
