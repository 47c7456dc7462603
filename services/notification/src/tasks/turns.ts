/** Lets so many do their work at a time; the others wait for their turn, in the order in which they came. */
export type Turns = <Result>(work: () => Promise<Result>) => Promise<Result>

export const createTurns = (atOnce: number): Turns => {
  const waiting: (() => void)[] = []
  let free = atOnce
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
