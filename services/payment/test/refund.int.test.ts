import { aMessage } from '@quadrille/shop-testing'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { OutcomeUnknown } from '../src/gateway/gateway.ts'
import { audit } from './audit.ts'
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

/** An order that was charged and then cancelled: its refund is due. */
const cancelledAfterCharge = async (method: string): Promise<string> => {
  const orderId = await world.place(method)
  await world.worker().finish()
  await world.cancel(orderId)
  return orderId
}

const request = (orderId: string, round: number, manualReference?: string) =>
  aMessage('RefundRequested', { orderId, round, ...(manualReference !== undefined && { manualReference }) })

describe('a refund', () => {
  it('that two workers make at once returns the money once', async () => {
    for (let order = 0; order < 10; order += 1) await cancelledAfterCharge('pm_card_visa')
    const tasks = world.due.splice(0)
    const workers = [world.worker(), world.worker()]
    await Promise.all(workers.flatMap((worker) => tasks.map((task) => worker.perform(task))))
    expect(world.published.filter((type) => type === 'PaymentRefunded')).toHaveLength(10)
  })

  it('whose worker crashed is repeated, under the key of a later attempt', async () => {
    await cancelledAfterCharge('pm_card_visa')
    const task = world.take()
    await world.worker().performAndDie(task, 1)
    await world.worker().perform(task, 2)
    expect(world.published).toEqual(['PaymentProcessed', 'PaymentRefunded'])
  })

  it('that the gateway answered with a 500 is requested under another key, because a gateway repeats its answers', async () => {
    await cancelledAfterCharge('pm_sim_refund_flaky')
    const task = world.take()
    await expect(world.worker().perform(task, 1)).rejects.toThrow(OutcomeUnknown)
    await expect(world.worker().perform(task, 2)).rejects.toThrow(OutcomeUnknown)
    await world.worker().perform(task, 3)
    expect(world.published).toEqual(['PaymentProcessed', 'PaymentRefunded'])
  })

  it('that the gateway made under a deleted key is not made again', async () => {
    await cancelledAfterCharge('pm_card_visa')
    const task = world.take()
    await world.worker().performAndDie(task)
    world.clock.advance(25 * 3_600_000)
    await world.worker().perform(task)
    expect(world.published).toEqual(['PaymentProcessed', 'PaymentRefunded'])
  })
})

describe('a refund that is refused permanently', () => {
  const failed = ['PaymentProcessed', 'PaymentRefundFailed']

  it('is published once, however often it is retried, and ended by hand', async () => {
    const orderId = await cancelledAfterCharge('pm_card_refundFail')
    await world.worker().finish()
    expect(world.published).toEqual(failed)
    await world.tell(request(orderId, 2))
    await world.worker().finish()
    expect(world.published).toEqual(failed)
    await world.tell(request(orderId, 3, 'bank-transfer-7'))
    expect(world.published).toEqual([...failed, 'PaymentRefunded'])
  })

  it('is not made by the gateway after an operator has made it, whatever task is still pending', async () => {
    const orderId = await cancelledAfterCharge('pm_card_refundFail')
    const task = world.take()
    await world.worker().perform(task)
    await world.tell(request(orderId, 2, 'bank-transfer-7'))
    await world.database.query(`update gateway.intent set method = 'pm_card_visa'`) // it would succeed now
    world.clock.advance(25 * 3_600_000)
    await world.worker().perform(task, 9)
    expect(world.published).toEqual([...failed, 'PaymentRefunded'])
  })

  it('that succeeds in the second round is published as refunded', async () => {
    const orderId = await cancelledAfterCharge('pm_card_refundFail')
    await world.worker().finish()
    await world.database.query(`update gateway.intent set method = 'pm_card_visa'`)
    await world.tell(request(orderId, 2), request(orderId, 2))
    await world.worker().finish()
    expect(world.published).toEqual([...failed, 'PaymentRefunded'])
  })

  it('is made only in the requested round, not by a late task of an earlier one', async () => {
    const orderId = await cancelledAfterCharge('pm_card_refundFail')
    const earlier = world.take()
    await world.worker().perform(earlier)
    await world.tell(request(orderId, 2))
    const asked = world.take()
    await world.database.query(`update gateway.intent set method = 'pm_card_visa'`) // it would succeed now
    await world.worker().perform(earlier, 2)
    expect(await world.database.query('select refunded from gateway.intent')).toEqual([{ refunded: 0 }])
    await world.worker().perform(asked)
    expect(world.published).toEqual([...failed, 'PaymentRefunded'])
  })

  it('of two concurrent requests the first counts', async () => {
    const orderId = await cancelledAfterCharge('pm_card_refundFail')
    await world.worker().finish()
    await world.tell(
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
