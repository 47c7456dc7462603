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
 * @throws {StoreUnreachable} after `limitMs`, by default 5,000. The work is not interrupted, and keeps its place until it ends. While
 * both places are kept like this, further calls fail at once.
 */
export const limitCalls = (limitMs = 5_000): LimitedCall => {
  const inPlace = limitConcurrency(maxCalls)
  let hanging = 0

  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (hanging === maxCalls) throw unreachable()
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    const call = { hasBegun: false, isLate: false }
    const timer = setTimeout(() => {
      call.isLate = true
      if (call.hasBegun) hanging += 1
      reject(unreachable())
    }, limitMs)
    void inPlace(async () => {
      if (call.isLate) return // given up before its turn
      call.hasBegun = true
      await work().then(resolve, reject)
      clearTimeout(timer)
      if (call.isLate) hanging -= 1
    })
    return promise
  }
}

const unreachable = (): StoreUnreachable =>
  new StoreUnreachable('The volume of PHOTOS_DIR does not answer. Check its server and the network to it.')
