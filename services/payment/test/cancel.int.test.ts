import { type DataOf, type Message, newOrderId } from '@quadrille/events'
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
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
afterEach(async () => {
  try {
    expect(world.due).toEqual([])
    expect(await audit(world.database)).toEqual([])
  } finally {
    await world[Symbol.asyncDispose]()
  }
})

const placedAndCancelled = async (
  method: string,
  details?: Partial<DataOf<'OrderPlaced'>>,
): Promise<[charge: Message, cancelCharge: Message]> => {
  const orderId = await world.place(method, details)
  await world.cancel(orderId)
  return [world.take(), world.take()]
}

describe('a cancellation', () => {
  it('voids a charge that no worker has started', async () => {
    const [charge, cancelCharge] = await placedAndCancelled('pm_card_visa')
    await world.worker().perform(cancelCharge)
    await world.worker().perform(charge)
    expect(world.published).toEqual(['PaymentVoided'])
    const [payment] = await world.database.query('select gateway_reference from payment')
    const [intent] = await world.database.query('select reference as gateway_reference from gateway.intent')
    expect(payment).toEqual(intent)
  })

  it('voids a charge that runs before its CancelCharge, because it gets no permission', async () => {
    const [charge, cancelCharge] = await placedAndCancelled('pm_card_visa')
    await world.worker().perform(charge)
    expect(world.published).toEqual([])
    await world.worker().perform(cancelCharge)
    expect(world.published).toEqual(['PaymentVoided'])
  })

  it('voids a charge whose terms the gateway rejects, in any order of the tasks', async () => {
    for (const chargesFirst of [true, false]) {
      const [charge, cancelCharge] = await placedAndCancelled('pm_card_visa', { currency: 'XDR' })
      for (const task of chargesFirst ? [charge, cancelCharge] : [cancelCharge, charge])
        await world.worker().perform(task)
    }
    expect(world.published).toEqual(['PaymentVoided', 'PaymentVoided'])
    const references = await world.database.query('select distinct gateway_reference from payment')
    expect(references).toEqual([{ gateway_reference: null }])
  })

  it('leaves a tombstone if it arrives before OrderPlaced', async () => {
    const orderId = newOrderId()
    await world.cancel(orderId)
    await world.place('pm_card_visa', { orderId })
    await world.worker().finish()
    expect(world.published).toEqual(['PaymentVoided'])
  })

  it('cancels the stored object, even if the gateway has deleted the key that created it', async () => {
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

  it('finds the capture of a lost payment at the gateway, and refunds it', async () => {
    const orderId = await world.place('pm_card_visa')
    await world.worker().performAndCrash(world.take())
    await world.database.query('delete from payment where order_id = $1', [orderId])
    await world.cancel(orderId)
    await world.worker().finish()
    expect(world.published).toEqual(['PaymentProcessed', 'PaymentRefunded'])
  })

  it.each(['pm_card_visa', 'pm_sim_timeout_then_charged'])('refunds a capture by %s', async (method) => {
    const orderId = await world.place(method)
    await world.worker().finish()
    await world.cancel(orderId)
    await world.worker().finish()
    expect(world.published).toEqual(['PaymentProcessed', 'PaymentRefunded'])
  })

  it('stores the amount and the currency that the gateway has captured', async () => {
    const orderId = await world.place('pm_card_visa')
    await world.worker().performAndCrash(world.take())
    await world.database.query("update gateway.intent set amount = 4400, captured = 4400, currency = 'USD'")
    await world.cancel(orderId)
    await world.worker().finish()
    expect(await world.database.query('select captured, currency from payment')).toEqual([
      { captured: 4_400, currency: 'USD' },
    ])
  })

  it('finds, publishes and refunds the capture of a worker that crashed', async () => {
    const orderId = await world.place('pm_card_visa')
    const charge = world.take()
    await world.worker().performAndCrash(charge)
    await world.cancel(orderId)
    await world.worker().finish()
    await world.worker().perform(charge)
    expect(world.published).toEqual(['PaymentProcessed', 'PaymentRefunded'])
  })

  it('publishes nothing after a published decline', async () => {
    const orderId = await world.place('pm_card_chargeDeclined')
    await world.worker().finish()
    await world.cancel(orderId)
    expect(world.published).toEqual(['PaymentDeclined'])
  })

  it('voids a payment whose decline was not published', async () => {
    const orderId = await world.place('pm_card_chargeDeclined')
    const charge = world.take()
    await world.worker().performAndCrash(charge)
    await world.cancel(orderId)
    await world.worker().perform(charge)
    await world.worker().finish()
    expect(world.published).toEqual(['PaymentVoided'])
  })

  it('is retried while the gateway processes a charge, and refunds the capture', async () => {
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
  it.each(['beforeStored', 'beforeConfirmed'] as const)('%s prevents its charge', async (place) => {
    const orderId = await world.place('pm_card_visa')
    const charge = world.take()
    const gate = createGate()
    const paused = world.worker({ [place]: gate.pass }).perform(charge)
    await gate.reached
    await world.cancel(orderId)
    await world.worker().finish()
    expect(world.published).toEqual(['PaymentVoided'])
    gate.open()
    await paused
    expect(world.published).toEqual(['PaymentVoided'])
  })

  it('prevents its charge even after the gateway has deleted its keys', async () => {
    const orderId = await world.place('pm_card_visa')
    const charge = world.take()
    const gate = createGate()
    const paused = world.worker({ beforeStored: gate.pass }).perform(charge)
    await gate.reached
    world.clock.advance(25 * 3_600_000)
    await world.cancel(orderId)
    await world.worker().finish()
    gate.open()
    await paused
    expect(world.published).toEqual(['PaymentVoided'])
  })

  it('keeps amounts correct if two workers run every task of many orders concurrently', async () => {
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
