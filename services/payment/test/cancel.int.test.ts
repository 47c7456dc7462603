import { type Message, newOrderId } from '@quadrille/events'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { OutcomeUnknown } from '../src/gateway/gateway.ts'
import { audit } from './audit.ts'
import { createGate } from './gate.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld(inject('postgresUrl'))
})
afterEach(async () => {
  try {
    expect(world.due).toEqual([])
    expect(await audit(world.database)).toEqual([])
  } finally {
    await world[Symbol.asyncDispose]()
  }
})

const placedAndCancelled = async (method: string): Promise<[charge: Message, cancelCharge: Message]> => {
  const orderId = await world.place(method)
  await world.cancel(orderId)
  return [world.take(), world.take()]
}

describe('a cancellation', () => {
  it('before any worker took the charge voids it', async () => {
    const [charge, cancelCharge] = await placedAndCancelled('pm_card_visa')
    await world.worker().perform(cancelCharge)
    await world.worker().perform(charge)
    expect(world.published).toEqual(['PaymentVoided'])
  })

  it('that overtakes its CancelCharge voids as well: the charge gets no permission', async () => {
    const [charge, cancelCharge] = await placedAndCancelled('pm_card_visa')
    await world.worker().perform(charge)
    expect(world.published).toEqual([])
    await world.worker().perform(cancelCharge)
    expect(world.published).toEqual(['PaymentVoided'])
  })

  it('that overtakes the order itself leaves a tombstone', async () => {
    const orderId = newOrderId()
    await world.cancel(orderId)
    await world.place('pm_card_visa', { orderId })
    await world.worker().finish()
    expect(world.published).toEqual(['PaymentVoided'])
  })

  it('cancels the stored object, even if the gateway has forgotten the key that created it', async () => {
    await world.place('pm_card_visa')
    const charge = world.take()
    const gate = createGate()
    const worker = world.worker({ beforeConfirmed: gate.pass })
    const charging = worker.perform(charge)
    await gate.reached
    world.clock.advance(25 * 3_600_000)
    await world.cancel(charge.subject)
    await world.worker().perform(world.take())
    gate.open()
    await charging
    expect(world.published).toEqual(['PaymentVoided'])
    expect(await world.database.query('select captured from gateway.intent')).toEqual([{ captured: 0 }])
  })

  it('of a capture that was lost from the table asks the gateway, which finds it', async () => {
    const orderId = await world.place('pm_card_visa')
    await world.worker().performAndDie(world.take())
    await world.database.query('delete from payment where order_id = $1', [orderId])
    await world.cancel(orderId)
    await world.worker().finish()
    expect(world.published).toEqual(['PaymentProcessed', 'PaymentRefunded'])
  })

  it.each(['pm_card_visa', 'pm_sim_timeout_then_charged'])('of a capture by %s refunds it', async (method) => {
    const orderId = await world.place(method)
    await world.worker().finish()
    await world.cancel(orderId)
    await world.worker().finish()
    expect(world.published).toEqual(['PaymentProcessed', 'PaymentRefunded'])
  })

  it('after a worker crashed that had captured finds the capture, publishes and refunds it', async () => {
    const orderId = await world.place('pm_card_visa')
    const charge = world.take()
    await world.worker().performAndDie(charge)
    await world.cancel(orderId)
    await world.worker().finish()
    await world.worker().perform(charge)
    expect(world.published).toEqual(['PaymentProcessed', 'PaymentRefunded'])
  })

  it('of a declined charge is answered by the decline', async () => {
    const orderId = await world.place('pm_card_chargeDeclined')
    await world.worker().finish()
    await world.cancel(orderId)
    expect(world.published).toEqual(['PaymentDeclined'])
  })

  it('of an unreported decline is a void', async () => {
    const orderId = await world.place('pm_card_chargeDeclined')
    const charge = world.take()
    await world.worker().performAndDie(charge)
    await world.cancel(orderId)
    await world.worker().perform(charge)
    await world.worker().finish()
    expect(world.published).toEqual(['PaymentVoided'])
  })

  it('waits while the gateway is processing, and refunds a later capture', async () => {
    const orderId = await world.place('pm_sim_slow')
    const charge = world.take()
    const gate = createGate()
    const charging = world.worker({ whileProcessed: gate.pass }).perform(charge)
    await gate.reached
    await world.cancel(orderId)
    const cancelCharge = world.take()
    await expect(world.worker().perform(cancelCharge)).rejects.toThrow(OutcomeUnknown)
    expect(world.published).toEqual([])
    world.clock.advance(2_000)
    gate.open()
    await Promise.all([charging, world.worker().perform(cancelCharge, 2)])
    await world.worker().finish()
    expect(world.published).toEqual(['PaymentProcessed', 'PaymentRefunded'])
  })
})

describe('a cancellation while a worker is paused', () => {
  it.each(['beforeStored', 'beforeConfirmed'] as const)('%s is final against it', async (place) => {
    const orderId = await world.place('pm_card_visa')
    const charge = world.take()
    const gate = createGate()
    const sleeper = world.worker({ [place]: gate.pass }).perform(charge)
    await gate.reached
    await world.cancel(orderId)
    await world.worker().finish()
    expect(world.published).toEqual(['PaymentVoided'])
    gate.open()
    await sleeper
    expect(world.published).toEqual(['PaymentVoided'])
  })

  it('is final even if it is paused until the gateway has deleted its keys', async () => {
    const orderId = await world.place('pm_card_visa')
    const charge = world.take()
    const gate = createGate()
    const sleeper = world.worker({ beforeStored: gate.pass }).perform(charge)
    await gate.reached
    world.clock.advance(25 * 3_600_000)
    await world.cancel(orderId)
    await world.worker().finish()
    gate.open()
    await sleeper
    expect(world.published).toEqual(['PaymentVoided'])
  })

  it('and many others, with every task done twice and at once, never lose or double money', async () => {
    const methods = ['pm_card_visa', 'pm_sim_timeout_then_charged', 'pm_card_chargeDeclined', 'pm_card_visa']
    const orders = await Promise.all(Array.from({ length: 60 }, (_, i) => world.place(methods[i % 4] ?? '')))
    const workers = [world.worker(), world.worker()]
    const race = async () => {
      const tasks = world.due.splice(0)
      await Promise.all(workers.flatMap((worker) => tasks.map((task) => worker.perform(task))))
    }
    const cancelling = orders.slice(0, 40).map((orderId) => world.cancel(orderId))
    await Promise.all([race(), ...cancelling])
    while (world.due.length > 0) await race()
    expect(await audit(world.database)).toEqual([])
  })
})
