/** The rate limit of the gateway, by the gateway's own record: the time at which each charge was created there. */

import { newOrderId } from '@quadrille/events'
import type { Database } from '@quadrille/postgres'
import { aMessage, aPlacedOrder } from '@quadrille/shop-testing'
import { createVhost } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, inject, it, onTestFinished } from 'vitest'
import { openStage, type Stage } from './stage.ts'

/** So low that charges without a limit exceed it on a slow machine too. */
const perSecond = 5
/**
 * How much later than its permit a charge may reach the gateway, s, because this machine is busy. After a stall all waiting charges
 * reach it at once.
 */
const slackOf = (times: readonly number[]): number =>
  0.5 + Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time))) / 1_000

/** The largest excess of charges over the limit in any period: one second's worth, and then the rate. */
const largestExcess = (times: readonly number[]): number => {
  const slackS = slackOf(times)
  return Math.max(
    ...times.flatMap((from, first) =>
      times.slice(first).map((until, count) => count + 1 - perSecond - perSecond * ((until - from) / 1_000 + slackS)),
    ),
  )
}

const createdAt = async (database: Database): Promise<number[]> => {
  const rows = await database.query<{ at: Date }>('select created_at as at from gateway.intent order by created_at')
  return rows.map(({ at }) => at.getTime())
}

const place = async ({ publish }: Stage, count: number): Promise<void> => {
  const expiresAt = new Date(Date.now() + 900_000).toISOString()
  const orders = Array.from({ length: count }, () => aPlacedOrder(newOrderId(), 'pm_card_visa'))
  await Promise.all(orders.map((order) => publish(aMessage('OrderPlaced', { ...order, expiresAt }))))
}

it('holds over three instances, and no charge is lost or counts an attempt more', async () => {
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(vhost.drop)
  const env = { GATEWAY_RATE: `${perSecond}/s` }
  await using stage = await openStage(inject('postgresUrl'), env, { amqpUrl: vhost.url, instances: 3 })
  const count = 5 * perSecond
  await place(stage, count)
  const payments = () =>
    stage.database.query('select status, attempts, count(*)::integer from payment group by status, attempts')
  await waitFor(async () => expect(await payments()).toEqual([{ status: 'captured', attempts: 1, count }]))
  const times = await createdAt(stage.database)
  expect(times).toHaveLength(count)
  expect(largestExcess(times)).toBeLessThanOrEqual(0)
})

it('holds across a restart, however long it takes', async () => {
  // No permit becomes available during the test, but by the update.
  await using stage = await openStage(inject('postgresUrl'), { GATEWAY_RATE: '1/h' })
  await place(stage, 3)
  const untilCharged = (charged: number) =>
    waitFor(async () => {
      expect(await createdAt(stage.database)).toHaveLength(charged)
      const page = await (await fetch(`${stage.url}/metrics`)).text()
      expect(page).toMatch(new RegExp(`^quadrille_tasks_rate_limited\\{.*\\} ${3 - charged}$`, 'm'))
    })
  await untilCharged(1)
  await stage.restart()
  await untilCharged(1)
  await stage.database.query('update rate_limit set full_at = now()')
  await untilCharged(2)
})
