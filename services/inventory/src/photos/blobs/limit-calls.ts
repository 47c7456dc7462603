/** Limits for calls of a store that may not answer, such as a network volume whose server is down. */
import { limitConcurrency } from '@quadrille/async'
import { StoreUnreachable } from './blob-store.ts'

export type LimitedCall = <Result>(work: () => Promise<Result>) => Promise<Result>

/**
 * Node has four threads for files, DNS lookups and others, and a call that hangs keeps one of them
 * (https://nodejs.org/api/cli.html#uv_threadpool_sizesize).
 */
const maxCalls = 2

/**
 * Makes two calls at a time; further ones wait. The work of a call must make one call of the file system at a time.
 * @throws {StoreUnreachable} if the work takes longer than `limitMs`, by default 5,000. It is not interrupted, and keeps its place
 * until it ends. While both places are kept like this, waiting and further calls fail at once. Otherwise a call may wait longer.
 */
export const limitCalls = (limitMs = 5_000): LimitedCall => {
  const inPlace = limitConcurrency(maxCalls)
  /** The calls before their turn, each by its function that makes it fail. */
  const waiting = new Set<() => void>()
  let hanging = 0

  const hang = () => {
    hanging += 1
    if (hanging < maxCalls) return
    for (const fail of waiting) fail()
    waiting.clear()
  }
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (hanging === maxCalls) throw unreachable()
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    const fail = () => reject(unreachable())
    waiting.add(fail)
    void inPlace(async () => {
      if (!waiting.delete(fail)) return // it has failed before its turn
      let isLate = false
      const timer = setTimeout(() => {
        isLate = true
        fail()
        hang()
      }, limitMs)
      await work().then(resolve, reject)
      clearTimeout(timer)
      if (isLate) hanging -= 1
    })
    return promise
  }
}

const unreachable = (): StoreUnreachable =>
  new StoreUnreachable('The volume of PHOTOS_DIR does not answer. Check its server and the network to it.')
