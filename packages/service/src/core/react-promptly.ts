import { backoffMs, pause } from '@quadrille/async'
import type { Reacted } from './batch-runner.ts'
import { type Lane, nextLane } from './lanes.ts'
import type { Item, Reactor } from './reactor.ts'

/** How long a message that can't be handled now is tried again, ms. */
const maxWaitMs = 500

/** The pauses between tries: up to 20 ms at first, and 80 ms at most, with full jitter. */
const pauses = { firstMs: 20, maxMs: 80, random: Math.random }

/**
 * Runs the reaction to one message for a caller that waits, such as an HTTP request. While another session holds a lock that the message
 * needs, it is tried again for half a second. A try that has begun is not given up: it ends with its batch, which waits a second
 * at most for each lock, and 5 s for a connection.
 */
export const reactPromptly = async <State>(
  reactor: Reactor<State>,
  item: Item,
  aborting: AbortSignal,
): Promise<Reacted<State>> => {
  const deadline = performance.now() + maxWaitMs
  let lane: Lane = 'first'
  for (let tries = 0; ; tries += 1) {
    const [reacted] = await reactor([item], { source: 'requests', lane })
    if (!reacted) throw new Error('The reactor has returned no result.')
    if (reacted.status !== 'not_now' || aborting.aborted || performance.now() >= deadline) return reacted
    lane = nextLane(lane, reacted.lane)
    await pause(backoffMs(tries + 1, pauses), aborting)
  }
}
