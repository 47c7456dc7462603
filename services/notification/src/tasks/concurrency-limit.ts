/** Limits the number of concurrent calls. Further calls wait, first in, first out. */
export type ConcurrencyLimit = <Result>(work: () => Promise<Result>) => Promise<Result>

export const createConcurrencyLimit = (concurrency: number): ConcurrencyLimit => {
  const waiting: (() => void)[] = []
  let free = concurrency
  return async (work) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => void waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}
