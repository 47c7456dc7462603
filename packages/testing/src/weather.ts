/** The conditions of a simulated network. */
import { setTimeout as pause } from 'node:timers/promises'

export type Direction = 'to the server' | 'to the client'

export interface Weather {
  /** All connections are refused. */
  refusing: boolean
  delayMs: number
  held: { readonly direction: Direction; readonly promise: Promise<void>; readonly resolve: () => void } | null
  truncating: Direction | null
  /** A new connection is reset after this number of chunks from its client; 0: never. */
  cutAfter: number
}

export const clearWeather = (): Weather => ({
  refusing: false,
  delayMs: 0,
  held: null,
  truncating: null,
  cutAfter: 0,
})

/**
 * Forwards each chunk under the present conditions. Throws when the connection is reset after this number of chunks.
 */
export const through = (weather: Weather, direction: Direction, cutAfter = 0) =>
  async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let pieces = 0
    for await (const piece of source) {
      pieces += 1
      if (pieces === cutAfter) throw new Error('The connection was reset.')
      await way(weather, direction)
      if (weather.truncating === direction) {
        weather.truncating = null
        return yield piece.subarray(0, piece.length >> 1)
      }
      yield piece
    }
  }

const way = async ({ delayMs, held }: Weather, direction: Direction): Promise<void> => {
  if (delayMs > 0) await pause(delayMs)
  if (held?.direction === direction) await held.promise
}
