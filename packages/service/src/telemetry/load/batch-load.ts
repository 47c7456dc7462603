/**
 * How busy a reactor is. That it runs one batch after the other says little: what comes meanwhile shares the next one, and a
 * batch of ten takes hardly longer than one of one. So a batch counts by what its messages would take in full ones. What a
 * batch takes by itself, and what each message adds, is fitted to the past batches by least squares.
 */
export interface BatchLoad {
  /** A batch of so many messages begins. The result is to be called when it has ended. */
  readonly begin: (size: number) => () => void
  /** See ConsumerLoad. */
  readonly busyMs: () => number
}

export interface BatchLoadOptions {
  /** Messages of a batch when there is more to do than can be done. */
  readonly fullSize: number
  /** A clock that only goes forward, ms. */
  readonly now?: () => number
}

/** By this each batch makes those before it count less: they are forgotten after some thousand. */
const memory = 0.999

export const createBatchLoad = ({ fullSize, now = () => performance.now() }: BatchLoadOptions): BatchLoad => {
  const past = { batches: 0, messages: 0, ms: 0, squares: 0, products: 0 }
  let busyMs = 0
  let running: { readonly sinceMs: number; readonly weight: number } | null = null

  const learn = (size: number, ms: number) => {
    past.batches = past.batches * memory + 1
    past.messages = past.messages * memory + size
    past.ms = past.ms * memory + ms
    past.squares = past.squares * memory + size * size
    past.products = past.products * memory + size * ms
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

interface Past {
  readonly batches: number
  readonly messages: number
  readonly ms: number
  /** The sum of the sizes squared, and that of each size times its duration. */
  readonly squares: number
  readonly products: number
}

/** What a message takes in a full batch, compared to what it took on average: at most 1, and 1 while nothing is known. */
const weightOf = ({ batches, messages, ms, squares, products }: Past, fullSize: number): number => {
  if (ms <= 0) return 1
  const spread = batches * squares - messages ** 2
  const slope = spread > 1e-6 * messages ** 2 ? (batches * products - messages * ms) / spread : 0
  const perMessage = ms / messages
  const added = Math.min(Math.max(0, slope), perMessage)
  const byItself = (ms - added * messages) / batches
  return Math.min(1, (byItself / fullSize + added) / perMessage)
}
