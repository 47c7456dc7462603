import type { Message } from '@quadrille/events'
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { OutcomeUnknown } from '../src/gateway/gateway.ts'
import { audit } from './audit.ts'
import { createGate } from './gate.ts'
import { createWorlds, type World, type Worlds } from './world.ts'

let worlds: Worlds
let world: World
beforeAll(async () => {
  worlds = await createWorlds(inject('postgresUrl'))
  return worlds.close
})
beforeEach(async () => {
  world = await worlds.open()
})
afterEach(() => world[Symbol.asyncDispose]())

const ledger = async () => {
  const [row] = await world.database.query<{ confirmations: number; captures: number; objects: number }>(
    `select sum(confirmations)::integer as confirmations, sum(capture_count)::integer as captures,
            count(*)::integer as objects from gateway.intent`,
  )
  return row
}

describe('a charge', () => {
  it.each([
    ['pm_card_visa', 'PaymentProcessed'],
    ['pm_card_refundFail', 'PaymentProcessed'],
    ['pm_card_chargeDeclined', 'PaymentDeclined'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'PaymentDeclined'],
    ['pm_card_nobody_knows', 'PaymentDeclined'],
    ['constructor', 'PaymentDeclined'],
  ])('by %s publishes %s', async (method, answer) => {
    await world.place(method)
    await world.worker().finish()
    expect(world.published).toEqual([answer])
    expect(await ledger()).toMatchObject({ confirmations: 1, objects: 1 })
    expect(await audit(world.database)).toEqual([])
  })

  it('of 0 is not sent to the gateway', async () => {
    const orderId = await world.place('pm_card_visa', { total: 0 })
    await world.cancel(orderId)
    expect(world.due).toEqual([])
    expect(world.published).toEqual(['PaymentProcessed', 'PaymentRefunded'])
    expect(await ledger()).toMatchObject({ objects: 0 })
    expect(await audit(world.database)).toEqual([])
  })

  it('is looked up and not repeated if the response is lost', async () => {
    await world.place('pm_sim_timeout_then_charged')
    await world.worker().perform(world.take())
    expect(world.published).toEqual(['PaymentProcessed'])
    expect(await ledger()).toEqual({ confirmations: 1, captures: 1, objects: 1 })
    expect(await audit(world.database)).toEqual([])
  })

  it('is retried under another key after each failure', async () => {
    await world.place('pm_sim_flaky')
    const task = world.take()
    const worker = world.worker()
    await expect(worker.perform(task, 1)).rejects.toThrow(OutcomeUnknown)
    await expect(worker.perform(task, 2)).rejects.toThrow(OutcomeUnknown)
    await worker.perform(task, 3)
    expect(world.published).toEqual(['PaymentProcessed'])
    expect(await ledger()).toEqual({ confirmations: 3, captures: 1, objects: 1 })
    expect(await audit(world.database)).toEqual([])
  })

  it('that always fails is voided when the order is cancelled', async () => {
    const orderId = await world.place('pm_sim_down')
    const task = world.take()
    const worker = world.worker()
    // The lookup succeeds, so the failure concerns this order only, and does not count as an outage of the gateway.
    await expect(worker.perform(task)).rejects.toMatchObject({ name: 'OutcomeUnknown', outage: false })
    await world.cancel(orderId)
    await worker.perform(task, 2)
    await worker.finish()
    expect(world.published).toEqual(['PaymentVoided'])
    expect(await audit(world.database)).toEqual([])
  })

  it('waits for a slow gateway', async () => {
    vi.useFakeTimers({ toFake: ['Date'] }) // time passes only while it waits
    onTestFinished(() => void vi.useRealTimers())
    await world.place('pm_sim_slow')
    const waited: number[] = []
    const whileProcessed = async (ms: number) => {
      waited.push(ms)
      world.clock.advance(ms)
    }
    await world.worker({ whileProcessed }).finish()
    expect(waited).toEqual([2_000])
    expect(world.published).toEqual(['PaymentProcessed'])
    expect(await audit(world.database)).toEqual([])
  })

  it('by a slow gateway succeeds in a later attempt if the worker has stopped waiting', async () => {
    await world.place('pm_sim_slow')
    const task = world.take()
    const whileProcessed = () => Promise.reject(new Error('killed'))
    const [attempt] = await Promise.allSettled([world.worker({ whileProcessed }).perform(task)])
    expect(world.published).toEqual([])
    expect(attempt).toMatchObject({ status: 'rejected', reason: { name: 'OutcomeUnknown' } })
    world.clock.advance(2_000)
    await world.worker().perform(task, 2)
    expect(world.published).toEqual(['PaymentProcessed'])
    expect(await ledger()).toEqual({ confirmations: 1, captures: 1, objects: 1 })
    expect(await audit(world.database)).toEqual([])
  })
})

describe('a charge whose terms the gateway rejects', () => {
  const rejected = { currency: 'XDR' }
  const stored = () => world.database.query('select status, code, gateway_reference, attempts from payment')

  it('is declined with the code of the gateway, without a payment intent', async () => {
    await world.place('pm_card_visa', rejected)
    const task = world.take()
    await world.worker().perform(task)
    await world.worker().perform(task)
    expect(world.published).toEqual(['PaymentDeclined'])
    const declined = { status: 'declined', code: 'currency_not_supported', gateway_reference: null, attempts: 0 }
    expect(await stored()).toEqual([declined])
    expect(await ledger()).toMatchObject({ objects: 0 })
    expect(await audit(world.database)).toEqual([])
  })

  const afterExpiry = (task: Message): Message => {
    if (task.type !== 'Charge') throw new Error(`${task.type} is not a charge.`)
    return { ...task, data: { ...task.data, expiresAt: new Date(Date.now() - 1_000).toISOString() } }
  }

  it('is not declined after the order has expired, but voided', async () => {
    const orderId = await world.place('pm_card_visa', rejected)
    await world.worker().perform(afterExpiry(world.take()))
    expect(world.published).toEqual([])
    await world.cancel(orderId)
    await world.worker().finish()
    expect(world.published).toEqual(['PaymentVoided'])
    expect(await audit(world.database)).toEqual([])
  })

  it('is not declined after it has expired if a restored database has lost that it was voided', async () => {
    const orderId = await world.place('pm_card_visa', rejected)
    const charge = world.take()
    await world.cancel(orderId)
    await world.worker().finish()
    await world.database.query("update payment set status = 'pending', cancelled = false")
    await world.worker().perform(afterExpiry(charge))
    expect(world.published).toEqual(['PaymentVoided'])
  })

  it('is looked up if an earlier attempt has charged it', async () => {
    await world.place('pm_card_visa')
    const task = world.take()
    await world.worker().performAndCrash(task)
    if (task.type !== 'Charge') throw new Error(`${task.type} is not a charge.`)
    await world.worker().perform({ ...task, data: { ...task.data, ...rejected } })
    expect(world.published).toEqual(['PaymentProcessed'])
    expect(await audit(world.database)).toEqual([])
  })
})

describe('a repeated charge', () => {
  it.each(['pm_card_visa', 'pm_sim_timeout_then_charged', 'pm_card_chargeDeclined'])(
    'captures once if three workers run it concurrently (%s)',
    async (method) => {
      const workers = [world.worker(), world.worker(), world.worker()]
      for (let order = 0; order < 20; order += 1) await world.place(method)
      const tasks = world.due.splice(0)
      await Promise.all(workers.flatMap((worker) => tasks.map((task) => worker.perform(task))))
      expect(world.published).toHaveLength(20)
      expect(await ledger()).toMatchObject({ captures: method.endsWith('Declined') ? 0 : 20, objects: 20 })
      expect(await audit(world.database)).toEqual([])
    },
  )

  it('captures once if the first worker crashed after the capture', async () => {
    await world.place('pm_card_visa')
    const task = world.take()
    await world.worker().performAndCrash(task)
    await world.worker().perform(task)
    expect(world.published).toEqual(['PaymentProcessed'])
    expect(await ledger()).toMatchObject({ captures: 1, objects: 1 })
    expect(await audit(world.database)).toEqual([])
  })

  it('uses the payment intent that was stored first after the gateway has deleted its keys', async () => {
    await world.place('pm_card_visa')
    const task = world.take()
    await world.worker().performAndCrash(task)
    world.clock.advance(25 * 3_600_000)
    await world.worker().perform(task)
    expect(world.published).toEqual(['PaymentProcessed'])
    expect(await ledger()).toMatchObject({ confirmations: 1, captures: 1, objects: 2 })
    expect(await audit(world.database)).toEqual([])
  })

  it('captures once if a worker is paused before it stores its object, until the gateway has deleted its keys', async () => {
    await world.place('pm_card_visa')
    const task = world.take()
    const gate = createGate()
    const paused = world.worker({ beforeStored: gate.pass }).perform(task)
    await gate.reached
    world.clock.advance(25 * 3_600_000)
    await world.worker().perform(task)
    gate.open()
    await paused
    expect(world.published).toEqual(['PaymentProcessed'])
    expect(await ledger()).toMatchObject({ captures: 1, objects: 2 })
    expect(await audit(world.database)).toEqual([])
  })
})

describe('an expired order', () => {
  const expiresAt = new Date(Date.now() - 1_000).toISOString()

  it('is not charged, and no event is published', async () => {
    const orderId = await world.place('pm_card_visa', { expiresAt })
    await world.worker().finish()
    expect(world.published).toEqual([])
    expect(await ledger()).toMatchObject({ confirmations: 0 })
    await world.cancel(orderId)
    await world.worker().finish()
    expect(world.published).toEqual(['PaymentVoided'])
    expect(await audit(world.database)).toEqual([])
  })

  it('is looked up if an earlier attempt may have charged it', async () => {
    await world.place('pm_card_visa')
    const task = world.take()
    await world.worker().performAndCrash(task)
    if (task.type !== 'Charge') throw new Error(`${task.type} is not a charge.`)
    await world.worker().perform({ ...task, data: { ...task.data, expiresAt } })
    expect(world.published).toEqual(['PaymentProcessed'])
    expect(await audit(world.database)).toEqual([])
  })

  it('is looked up again until the gateway has processed an earlier attempt', async () => {
    await world.place('pm_sim_slow')
    const task = world.take()
    if (task.type !== 'Charge') throw new Error(`${task.type} is not a charge.`)
    const whileProcessed = () => Promise.reject(new Error('killed'))
    const unknown = { name: 'OutcomeUnknown' }
    await expect(world.worker({ whileProcessed }).perform(task)).rejects.toMatchObject(unknown)
    const expired = { ...task, data: { ...task.data, expiresAt } }
    await expect(world.worker().perform(expired, 2)).rejects.toMatchObject(unknown)
    world.clock.advance(2_000)
    await world.worker().perform(expired, 3)
    expect(world.published).toEqual(['PaymentProcessed'])
    expect(await audit(world.database)).toEqual([])
  })
})
