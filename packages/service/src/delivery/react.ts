/** The handler of an inbox: the service reacts to a batch of messages of one lane. */
import { IdConflict } from '../core/batch.ts'
import type { Reacted } from '../core/batch-runner.ts'
import type { Reactor } from '../core/reactor.ts'
import type { Outcome } from './outcome.ts'
import type { Handle } from './policy.ts'

export const reactTo =
  (reactor: Reactor): Handle =>
  async (batch) => {
    const items = batch.map((incoming) => ({
      decoded: incoming.decoded(),
      bytes: incoming.delivery.message.body.byteLength,
      span: incoming.span,
    }))
    const results = await reactor(items, { source: 'inbox', lane: batch[0]?.lane() ?? 'first' })
    return results.map(toOutcome)
  }

const toOutcome = (reacted: Reacted): Outcome =>
  reacted.status === 'failed' && reacted.error instanceof IdConflict
    ? { status: 'dead_letter', reason: 'id_conflict', error: reacted.error }
    : reacted
