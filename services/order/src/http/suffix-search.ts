/** The search for orders by the end of their ids, which takes longer than other requests. */
import { limitConcurrency } from '@quadrille/async'
import { unavailable } from '@quadrille/service'

export type SuffixSearch = (suffix: string) => Promise<readonly string[]>

/** The maximum number of searches that run or wait. Each takes about 50 ms, so the last one waits for a second. */
const maxSearches = 20

/** Runs one search at a time, so that orders keep the other connections. @throws {Problem} 503 if too many wait. */
export const suffixSearch = (find: SuffixSearch): SuffixSearch => {
  const inTurn = limitConcurrency(1)
  let searches = 0
  return async (suffix) => {
    if (searches >= maxSearches)
      throw unavailable('Too many searches by the end of an id are in progress; try again soon.')
    searches += 1
    try {
      return await inTurn(() => find(suffix))
    } finally {
      searches -= 1
    }
  }
}
