/** Counts the messages of an inbox by their outcomes, once a batch. */
import type { Language } from '@quadrille/messages'
import type { Metrics } from '../../telemetry/metrics.ts'
import type { Incoming } from '../incoming.ts'
import type { Outcome } from '../outcome.ts'
import { type Handle, type Policy, visitOutcomes } from '../policy.ts'

export interface CountMessagesOptions {
  readonly metrics: Pick<Metrics, 'messages' | 'lag' | 'ahead'>
  readonly language: Pick<Language, 'isMessageType'>
  readonly now: () => Date
}

const countedStatuses: ReadonlySet<Outcome['status']> = new Set(['applied', 'duplicate', 'ignored'])

export const countMessages = ({ metrics, language, now }: CountMessagesOptions): Policy => {
  /** Unknown types share the label `other`, because each label is a series. */
  const typeOf = ({ delivery: { message } }: Incoming): string =>
    language.isMessageType(message.type) ? message.type : 'other'

  return (next) => async (batch) => {
    const counts = new Map<string, { type: string; outcome: string; count: number }>()
    const receivedAtMs = now().getTime()
    let appliedAtMs = receivedAtMs
    let aheadMs = 0
    const handle: Handle = async (deliveries) => {
      const handled = await next(deliveries)
      appliedAtMs = now().getTime()
      return handled
    }
    const outcomes = await visitOutcomes(batch, handle, (incoming, outcome) => {
      const { status } = outcome
      if (!countedStatuses.has(status)) return
      const message = incoming.message()
      const type = message?.type ?? typeOf(incoming)
      const key = `${type} ${status}`
      const counted = counts.get(key) ?? { type, outcome: status, count: 0 }
      counted.count += 1
      counts.set(key, counted)
      if (status === 'applied' && message) {
        const createdAtMs = Date.parse(message.time)
        aheadMs = Math.max(aheadMs, createdAtMs - receivedAtMs)
        metrics.lag.observe({ type }, Math.max(0, appliedAtMs - createdAtMs) / 1_000)
      }
    })
    if (aheadMs > 0) metrics.ahead.add(aheadMs) // the clocks of two databases differ a little
    for (const { count, ...series } of counts.values()) metrics.messages.inc(series, count)
    return outcomes
  }
}
