import { Fifo } from './fifo.ts'

/** Runs at most `max` calls at a time. Further ones wait, and begin in the order of the calls. */
export const limitConcurrency = (max: number): (<Result>(run: () => Promise<Result>) => Promise<Result>) => {
  const waiting = new Fifo<() => void>()
  let running = 0
  return async (run) => {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await run()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
