/** Reads a route of a service, and reads it again when its answer may have changed. */
import { connection, everything, onChanges } from './live.ts'
import { createReader, type Reader, type ReaderOptions } from './reader.ts'

export interface FollowOptions<Body> extends ReaderOptions<Body> {
  /** Whether a change of these orders, by their ids, concerns what was read. Default: no change of an order does. */
  readonly isConcerned?: ((orders: readonly string[], body: Body | undefined) => boolean) | undefined
  /** How often it is read again without a change, ms. Then events that the live stream does not list are ignored. Default: never. */
  readonly everyMs?: number | undefined
}

/** The interval of what a change of orders concerns, while the live stream is interrupted, ms. */
const pollEveryMs = 5_000

/** Reads it until the reader is stopped. */
export const followRoute = <Body>(path: string, options: FollowOptions<Body>): Reader<Body> => {
  const { isConcerned, everyMs } = options
  const reader = createReader<Body>(path, options)
  const ends = [reader.stop]
  const again = (ms: number, act: () => void) => {
    const timer = setInterval(act, ms)
    ends.push(() => clearInterval(timer))
  }
  if (isConcerned) {
    const isUnsure = (unlisted: number) => unlisted > 0 && everyMs === undefined
    ends.push(
      onChanges((changes) => {
        const { orders, unlisted } = changes
        if (changes === everything || isUnsure(unlisted) || isConcerned(orders, reader.body())) reader.soon()
      }),
    )
    again(pollEveryMs, () => {
      if (connection.value.state !== 'live') reader.soon()
    })
  }
  if (everyMs !== undefined) again(everyMs, reader.soon)
  document.addEventListener('visibilitychange', reader.soon)
  ends.push(() => document.removeEventListener('visibilitychange', reader.soon))
  reader.soon()
  return {
    ...reader,
    stop: () => {
      for (const end of ends) end()
    },
  }
}
