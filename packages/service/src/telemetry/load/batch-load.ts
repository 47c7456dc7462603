/**
 * The utilisation of a reactor. Its busy time alone is not a good measure, because messages that arrive meanwhile share
 * the next batch, and a batch of ten takes little longer than a batch of one. So a batch counts as the time that its
 * messages would need in full batches. The fixed time of a batch, and the time per message, are estimated from past
 * batches by least squares.
 */
export interface BatchLoad {
  /** Marks the start of a batch of this size. The result must be called at its end. */
  readonly begin: (size: number) => () => void
  /** Cumulative busy time in ms, weighted by utilisation. */
  readonly busyMs: () => number
}

export interface BatchLoadOptions {
  /** The size of a full batch. */
  readonly fullSize: number
  /** A monotonic clock, ms. */
  readonly now?: () => number
}

/** The weight of older batches shrinks by this factor per batch, so that about the last thousand count. */
const decay = 0.999

/** `squares`: the sum of the squared sizes. `products`: the sum of size times duration. */
const noBatches = { batches: 0, messages: 0, ms: 0, squares: 0, products: 0 }

export const createBatchLoad = ({ fullSize, now = () => performance.now() }: BatchLoadOptions): BatchLoad => {
  const past = { ...noBatches }
  let busyMs = 0
  let running: { readonly sinceMs: number; readonly weight: number } | null = null

  const learn = (size: number, ms: number) => {
    past.batches = past.batches * decay + 1
    past.messages = past.messages * decay + size
    past.ms = past.ms * decay + ms
    past.squares = past.squares * decay + size * size
    past.products = past.products * decay + size * ms
  }
  const runningMs = () => (running === null ? 0 : (now() - running.sinceMs) * running.weight)

  return {
    begin: (size) => {
      const sinceMs = now()
      running = { sinceMs, weight: weightOf(past, fullSize) }
      return () => {
        busyMs += runningMs()
        running = null
        learn(size, now() - sinceMs)
      }
    },
    busyMs: () => busyMs + runningMs(),
  }
}

/** The time of a message in a full batch, relative to its average time so far: at most 1, and 1 without data. */
const weightOf = ({ batches, messages, ms, squares, products }: typeof noBatches, fullSize: number): number => {
  if (ms <= 0) return 1
  const spread = batches * squares - messages ** 2
  const slope = spread > 1e-6 * messages ** 2 ? (batches * products - messages * ms) / spread : 0
  const averageMs = ms / messages
  const msPerMessage = Math.min(Math.max(0, slope), averageMs)
  const fixedMs = (ms - msPerMessage * messages) / batches
  return Math.min(1, (fixedMs / fullSize + msPerMessage) / averageMs)
}
