/** The conditions of a simulated network. */
import { setTimeout as pause } from 'node:timers/promises'

export type Direction = 'to the server' | 'to the client'

export interface NetworkConditions {
  /** All connections are refused. */
  refusing: boolean
  delayMs: number
  held: { readonly direction: Direction; readonly promise: Promise<void>; readonly resolve: () => void } | null
  truncating: Direction | null
  /** A new connection is reset after this number of chunks from its client; 0 means never. */
  cutAfter: number
}

export const normalConditions = (): NetworkConditions => ({
  refusing: false,
  delayMs: 0,
  held: null,
  truncating: null,
  cutAfter: 0,
})

/** Forwards each chunk under the current conditions. Throws at chunk number `cutAfter`, to reset the connection. */
export const forwardChunks = (network: NetworkConditions, direction: Direction, cutAfter = 0) =>
  async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let chunks = 0
    for await (const chunk of source) {
      chunks += 1
      if (chunks === cutAfter) throw new Error('The connection was reset.')
      await delayChunk(network, direction)
      if (network.truncating === direction) {
        network.truncating = null
        return yield chunk.subarray(0, chunk.length >> 1)
      }
      yield chunk
    }
  }

const delayChunk = async ({ delayMs, held }: NetworkConditions, direction: Direction): Promise<void> => {
  if (delayMs > 0) await pause(delayMs)
  if (held?.direction === direction) await held.promise
}
