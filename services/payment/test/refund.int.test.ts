import { aMessage } from '@quadrille/shop-testing'
import { afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { findRefusals } from '../src/db/refusal-table.ts'
import { OutcomeUnknown } from '../src/gateway/gateway.ts'
import { audit } from './audit.ts'
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

/** Places an order that is charged and then cancelled, so that a Refund task is due. */
const cancelledAfterCharge = async (method: string): Promise<string> => {
  const orderId = await world.place(method)
  await world.worker().finish()
  await world.cancel(orderId)
  return orderId
}

const request = (orderId: string, round: number, manualReference?: string) =>
  aMessage('RefundRequested', { orderId, round, ...(manualReference !== undefined && { manualReference }) })

describe('a refund', () => {
  it('is made once if two workers run the task concurrently', async () => {
    for (let order = 0; order < 10; order += 1) await cancelledAfterCharge('pm_card_visa')
    const tasks = world.due.splice(0)
    const workers = [world.worker(), world.worker()]
    await Promise.all(workers.flatMap((worker) => tasks.map((task) => worker.perform(task))))
    expect(world.published.filter((type) => type === 'PaymentRefunded')).toHaveLength(10)
  })

  it('is repeated as a later attempt after a worker crashed', async () => {
    await cancelledAfterCharge('pm_card_visa')
    const task = world.take()
    await world.worker().performAndCrash(task, 1)
    await world.worker().perform(task, 2)
    expect(world.published).toEqual(['PaymentProcessed', 'PaymentRefunded'])
  })

  it('is requested under another key after a 500, because a gateway repeats its responses', async () => {
    await cancelledAfterCharge('pm_sim_refund_flaky')
    const task = world.take()
    await expect(world.worker().perform(task, 1)).rejects.toThrow(OutcomeUnknown)
    await expect(world.worker().perform(task, 2)).rejects.toThrow(OutcomeUnknown)
    await world.worker().perform(task, 3)
    expect(world.published).toEqual(['PaymentProcessed', 'PaymentRefunded'])
  })

  it('is not made again after the gateway has deleted its keys', async () => {
    await cancelledAfterCharge('pm_card_visa')
    const task = world.take()
    await world.worker().performAndCrash(task)
    world.clock.advance(25 * 3_600_000)
    await world.worker().perform(task)
    expect(world.published).toEqual(['PaymentProcessed', 'PaymentRefunded'])
  })
})

describe('a refund that is refused permanently', () => {
  const failed = ['PaymentProcessed', 'PaymentRefundFailed']

  it('is published as failed once, regardless of retries, until it is made by hand', async () => {
    const orderId = await cancelledAfterCharge('pm_card_refundFail')
    await world.worker().finish()
    expect(world.published).toEqual(failed)
    await world.handle(request(orderId, 2))
    await world.worker().finish()
    expect(world.published).toEqual(failed)
    await world.handle(request(orderId, 3, 'bank-transfer-7'))
    expect(world.published).toEqual([...failed, 'PaymentRefunded'])
    expect((await findRefusals(world.database, orderId, 20)).map(({ round }) => round)).toEqual([1, 2])
  })

  it('is not made by a pending task after an operator has made it', async () => {
    const orderId = await cancelledAfterCharge('pm_card_refundFail')
    const task = world.take()
    await world.worker().perform(task)
    await world.handle(request(orderId, 2, 'bank-transfer-7'))
    await world.database.query(`update gateway.intent set method = 'pm_card_visa'`) // it would succeed now
    world.clock.advance(25 * 3_600_000)
    await world.worker().perform(task, 9)
    expect(world.published).toEqual([...failed, 'PaymentRefunded'])
  })

  it('is published as refunded if the second round succeeds', async () => {
    const orderId = await cancelledAfterCharge('pm_card_refundFail')
    await world.worker().finish()
    await world.database.query(`update gateway.intent set method = 'pm_card_visa'`)
    await world.handle(request(orderId, 2), request(orderId, 2))
    await world.worker().finish()
    expect(world.published).toEqual([...failed, 'PaymentRefunded'])
  })

  it('is made only in the requested round, not by a late task of an earlier round', async () => {
    const orderId = await cancelledAfterCharge('pm_card_refundFail')
    const earlier = world.take()
    await world.worker().perform(earlier)
    await world.handle(request(orderId, 2))
    const requested = world.take()
    await world.database.query(`update gateway.intent set method = 'pm_card_visa'`) // it would succeed now
    await world.worker().perform(earlier, 2)
    expect(await world.database.query('select refunded from gateway.intent')).toEqual([{ refunded: 0 }])
    await world.worker().perform(requested)
    expect(world.published).toEqual([...failed, 'PaymentRefunded'])
  })

  it('is made as the first of several concurrent requests asks', async () => {
    const orderId = await cancelledAfterCharge('pm_card_refundFail')
    await world.worker().finish()
    await world.handle(
      request(orderId, 2, 'bank-transfer-7'),
      request(orderId, 2),
      request(orderId, 2, 'bank-transfer-8'),
    )
    expect(world.published).toEqual([...failed, 'PaymentRefunded'])
    expect(await world.database.query('select manual_reference, refund_round from payment')).toEqual([
      { manual_reference: 'bank-transfer-7', refund_round: 1 },
    ])
  })
})
