import { describe, expect, it } from 'vitest'
import { outcomeText } from '../src/outcome-text.ts'
import type { Outcome } from '../src/reconcile.ts'

const nothing: Outcome = { given: new Map(), left: 0, sending: 0 }
const textOf = (outcome: Partial<Outcome>, dryRun = false) => outcomeText({ dryRun }, { ...nothing, ...outcome })

describe('what is said in the end', () => {
  it('is that nothing is missing only where nothing may be', () => {
    expect(textOf({})).toBe('Nothing is missing.')
    for (const count of ['left', 'sending'] as const) expect(textOf({ [count]: 1 })).not.toContain('Nothing')
  })

  it('names what was given, or would be', () => {
    const some: Partial<Outcome> = {
      given: new Map([['payment', new Map([['OrderCancelled', 1_200]])]]),
    }
    expect(textOf(some)).toBe('payment was given 1,200 OrderCancelled.')
    expect(textOf(some, true)).toContain('payment would be given first 1,200 OrderCancelled.')
  })

  it('says what to do about the rest', () => {
    expect(textOf({ left: 2 })).toMatch(/^2 of it not taken in: .*replay the dead letters, and run this again\.$/)
    expect(textOf({ sending: 3 })).toMatch(/^3 notifications are still being sent\. Run this again in an hour/)
  })
})
