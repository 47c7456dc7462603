import { beforeEach, describe, expect, it } from 'vitest'
import { type Admission, type Breaker, type BreakerFailure, createBreaker } from '../../src/delivery/breaker.ts'
import { isOutage } from '../../src/delivery/policies/break-circuit.ts'

let changes: string[]
let breaker: Breaker
let nowMs: number

beforeEach(() => {
  changes = []
  nowMs = 0
  breaker = createBreaker({ onChange: (state) => void changes.push(state), opensAt: isOutage, now: () => nowMs })
})

const admission = (): Admission => {
  const given = breaker.admit()
  if (!given) throw new Error('It was not admitted.')
  return given
}

const failAs = (fault: Partial<BreakerFailure>, parcels: readonly string[]): boolean[] => {
  const admissions = parcels.map(() => admission())
  return admissions.map((one, index) => one.failed({ subject: parcels[index] ?? '', ...fault }))
}
const fail = (...parcels: string[]) => failAs({}, parcels)
const refuse = (...parcels: string[]) => failAs({ kind: 'limited' }, parcels)

const open = () => fail('1', '2', '3', '4', '5')

const pass = (ms: number) => {
  nowMs += ms
}

describe('a circuit breaker', () => {
  it('opens after failures of five parcels in a row', () => {
    expect(open()).toEqual([false, false, false, false, true])
    expect(changes).toEqual(['open'])
  })

  it('opens when the few parcels of a small post office got no answer for five seconds, and not before', () => {
    expect(fail('1', '2', '1', '2')).toEqual([false, false, false, false])
    pass(4_999)
    expect(fail('1')).toEqual([false])
    pass(1)
    expect(fail('1')).toEqual([true])
    expect(changes).toEqual(['open'])
  })

  it('opens when five parcels may be at fault themselves, but not when few of them fail repeatedly', () => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      expect(refuse('1', '2', '3', '4')).toEqual([false, false, false, false])
      pass(60_000)
    }
    expect(refuse('5')).toEqual([true])
    expect(changes).toEqual(['open'])
  })

  it('stays closed for one parcel that always fails while others succeed', () => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      expect(fail('1', '1')).toEqual([false, false])
      pass(60_000)
      admission().succeeded()
    }
    expect(changes).toEqual([])
  })

  it('admits another probe two minutes after one that never ends', () => {
    open()
    pass(1_000)
    const hanging = admission()
    pass(119_999)
    expect(breaker.admit()).toBeNull()
    pass(1)
    const next = admission()
    expect([hanging, next].map((one) => one.isValid())).toEqual([false, true])
    hanging.release()
    pass(10_000)
    expect(breaker.admit()).toBeNull()
    next.succeeded()
    expect(changes).toEqual(['open', 'closed'])
    expect(admission().isProbe).toBe(false)
  })

  it('admits tasks that call no external system while it is open, and keeps the probe for those that do', () => {
    open()
    const entered = breaker.bypass()
    expect([entered.isProbe, entered.failed({ subject: '6' })]).toEqual([false, true])
    pass(1_000)
    expect(breaker.admit()?.isProbe).toBe(true)
    breaker.bypass().succeeded()
    expect(changes).toEqual(['open', 'closed'])
  })

  it('counts from zero after a success', () => {
    fail('1', '2', '3', '4')
    admission().succeeded()
    expect(fail('5', '6', '7', '8')).toEqual([false, false, false, false])
    expect(changes).toEqual([])
  })

  it('does not count the failure of a try that began before it opened', () => {
    const earlier = admission()
    open()
    expect(earlier.failed({ subject: '6' })).toBe(true)
    pass(1_000)
    expect(breaker.admit()).not.toBeNull() // the pause has not become longer
  })

  it('withdraws the admissions of tries that have not begun when it opens, but not that of its probe', () => {
    const earlier = admission()
    open()
    expect(earlier.isValid()).toBe(false)
    pass(1_000)
    const probe = admission()
    expect([earlier, probe].map((one) => one.isValid())).toEqual([false, true])
    probe.succeeded()
    expect(earlier.isValid()).toBe(true)
    open()
    expect([earlier, probe].map((one) => one.isValid())).toEqual([false, false])
  })

  it('admits one probe after a second, and closes when that succeeds', () => {
    open()
    pass(999)
    expect(breaker.admit()).toBeNull()
    pass(1)
    const probe = breaker.admit()
    expect(breaker.admit()).toBeNull()
    probe?.succeeded()
    expect([breaker.admit(), breaker.admit()].map((given) => given?.isProbe)).toEqual([false, false])
    expect(changes).toEqual(['open', 'closed'])
  })

  it('doubles the pause after each failed probe, up to ten seconds', () => {
    open()
    for (const ms of [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
      pass(ms - 1)
      expect(breaker.admit()).toBeNull()
      pass(1)
      expect(admission().failed({ subject: String(ms) })).toBe(true)
    }
    expect(changes).toEqual(['open'])
  })

  it('is in the way while tries are wanted, also during a long probe, and not when all are gone', () => {
    expect(breaker.isBlocking()).toBe(false)
    open()
    pass(59_999)
    expect(breaker.isBlocking()).toBe(true)
    const probe = admission()
    pass(600_000)
    expect(breaker.isBlocking()).toBe(true)
    probe.failed({ subject: '6' })
    pass(1_000)
    expect(breaker.admit()).toBeNull() // a parcel that waits
    pass(59_999)
    expect(breaker.isBlocking()).toBe(true)
    pass(1)
    expect(breaker.isBlocking()).toBe(false)
    expect(breaker.admit()?.isProbe).toBe(true) // another parcel
    expect(breaker.isBlocking()).toBe(true)
    expect(changes).toEqual(['open'])
  })

  it('admits the next probe at once after an inconclusive one', () => {
    open()
    pass(1_000)
    const first = breaker.admit()
    expect(breaker.admit()).toBeNull()
    first?.release()
    expect(breaker.admit()).not.toBeNull()
  })

  it('closes after a late success, and starts with the shortest pause when it opens again', () => {
    const earlier = admission()
    open()
    pass(500)
    earlier.succeeded()
    open()
    pass(999)
    expect(breaker.admit()).toBeNull()
    pass(1)
    expect(breaker.admit()).not.toBeNull()
    expect(changes).toEqual(['open', 'closed', 'open'])
  })

  it('ignores a probe of an earlier opening', () => {
    open()
    pass(1_000)
    const probe = admission()
    breaker.bypass().succeeded()
    open()
    pass(1_000)
    expect(breaker.admit()).not.toBeNull()
    probe.release()
    expect(breaker.admit()).toBeNull() // the probe of the later opening still runs
  })
})
