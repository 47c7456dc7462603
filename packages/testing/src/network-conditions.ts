/** The conditions of a simulated network. */
import { setTimeout as pause } from 'node:timers/promises'

export type Direction = 'to the server' | 'to the client'

export interface NetworkConditions {
  /** All connections are refused. */
  refusing: boolean
  delayMs: number
  held: { readonly direction: Direction; readonly promise: Promise<void>; readonly resolve: () => void } | null
  truncating: Direction | null
  /** A new connection is reset after this number of chunks from its client; 0: never. */
  cutAfter: number
}

export const undisturbed = (): NetworkConditions => ({
  refusing: false,
  delayMs: 0,
  held: null,
  truncating: null,
  cutAfter: 0,
})

/**
 * Forwards each chunk under the present conditions. Throws when the connection is reset after this number of chunks.
 */
export const through = (network: NetworkConditions, direction: Direction, cutAfter = 0) =>
  async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let pieces = 0
    for await (const piece of source) {
      pieces += 1
      if (pieces === cutAfter) throw new Error('The connection was reset.')
      await way(network, direction)
      if (network.truncating === direction) {
        network.truncating = null
        return yield piece.subarray(0, piece.length >> 1)
      }
      yield piece
    }
  }

const way = async ({ delayMs, held }: NetworkConditions, direction: Direction): Promise<void> => {
  if (delayMs > 0) await pause(delayMs)
  if (held?.direction === direction) await held.promise
}
