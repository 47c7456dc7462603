import { describe, expect, it } from 'vitest'
import { outcomeText } from '../src/outcome-text.ts'
import type { Outcome } from '../src/reconcile.ts'

const nothing: Outcome = {
  sent: new Map(),
  unhandled: 0,
  unreadable: new Map(),
  sending: 0,
  unknownToPayment: 0,
  uncharged: 0,
}
const textOf = (outcome: Partial<Outcome>, dryRun = false) => outcomeText({ dryRun }, { ...nothing, ...outcome })

describe('the final output', () => {
  it('is "nothing is missing" only if that is certain', () => {
    expect(textOf({})).toBe('Nothing is missing.')
    for (const count of ['unhandled', 'sending', 'unknownToPayment', 'uncharged'] as const)
      expect(textOf({ [count]: 1 })).not.toContain('Nothing')
  })

  it('lists the messages that were sent, or that would be sent', () => {
    const some: Partial<Outcome> = {
      sent: new Map([['payment', new Map([['OrderCancelled', 1_200]])]]),
    }
    expect(textOf(some)).toBe('Sent to payment: 1,200 OrderCancelled.')
    expect(textOf(some, true)).toContain('Would first send to payment: 1,200 OrderCancelled.')
  })

  it('names the first orders with an event that can’t be read, with the reason', () => {
    const unreadable = new Map(Array.from({ length: 21 }, (_, index) => [`o-${index}`, 'schema_violation: /data']))
    expect(textOf({ unhandled: 21, unreadable })).toMatch(
      /^ {2}order o-0: schema_violation: \/data\n(.*\n){18} {2}order o-19: .*\n {2}and 1 more$/m,
    )
  })

  it('explains what to do about unhandled messages, pending notifications and unpaid orders', () => {
    expect(textOf({ unhandled: 2 })).toMatch(
      /^Messages that were not handled: 2\. .*replay the dead letters, and run reconcile again\.$/,
    )
    expect(textOf({ sending: 3 })).toMatch(/^3 notifications are still being sent\. Run reconcile again in an hour/)
    expect(textOf({ unknownToPayment: 4 })).toMatch(
      /^4 open orders are unknown to payment\. .*These orders expire, unless it still/,
    )
    expect(textOf({ unknownToPayment: 1 })).toMatch(/^1 open order is unknown/)
    expect(textOf({ uncharged: 5 })).toMatch(
      /^5 open orders wait for a charge\. A lost charge .* These orders expire, unless/,
    )
  })
})
